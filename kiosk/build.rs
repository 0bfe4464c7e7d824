//! Compiles the screens: translations bundled, element names kept so that tests and flows can find
//! what a visitor would touch.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent".to_owned())
        .with_bundled_translations("lang")
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_debug_info(true);
    slint_build::compile_with_config("ui/app.slint", config)?;
    println!("cargo:rerun-if-changed=lang");
    println!("cargo:rerun-if-changed=ui");
    Ok(())
}

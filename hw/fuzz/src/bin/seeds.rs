//! Writes the first inputs of every target's corpus below a folder, one file each: `seeds FOLDER`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .unwrap_or_else(|| "corpus".into());
    for (name, _) in xinting_hw_fuzz::TARGETS {
        let folder = Path::new(&folder).join(name);
        std::fs::create_dir_all(&folder)?;
        for seed in xinting_hw_fuzz::seeds::of(name) {
            std::fs::write(folder.join(&seed.name), &seed.bytes)?;
        }
    }
    Ok(())
}

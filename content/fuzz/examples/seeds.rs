//! Writes the first inputs of every target's corpus, one file each, below the folder it is given.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(std::io::Error::other("give the folder to write seeds into"));
    };
    for (name, _) in xinting_content_fuzz::TARGETS {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        for seed in xinting_content_fuzz::seeds::of(name) {
            std::fs::write(folder.join(&seed.name), &seed.bytes)?;
        }
    }
    Ok(())
}

//! Where the files of a pack come from: an author's folder or a verified pack. The same reading code
//! serves both.
//!
//! Not here: opening folders (the authoring tool does) and verifying (`pack`).

/// Named files of one pack.
pub trait Source {
    /// Every file name, with `/` between folder and file.
    fn names(&self) -> Vec<String>;

    /// The bytes of a file; `None` if there is none of that name.
    ///
    /// # Errors
    /// A sentence saying why a file that exists cannot be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String>;

    /// The gain measured for a sound when the pack was built, in dB; `None` before that.
    fn gain_db(&self, sound: &str) -> Option<f32>;

    /// Whether this is a built pack, in which every sound must be present. In an author's folder a
    /// sound with a recipe is rendered later.
    fn is_built(&self) -> bool;
}

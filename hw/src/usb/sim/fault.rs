//! What can be wrong with a simulated stick, and the words for it in a flow (`sim stick …`).
//!
//! | words | what the stick does |
//! |---|---|
//! | `slow BYTES` | gives and takes that many bytes a second |
//! | `yank FILE AT` | is pulled out when this byte of the file is read or written; once |
//! | `bad FILE AT` | cannot be read from this byte of the file on |
//! | `dead SECTOR` | cannot be read from this 512-byte sector on; its files lie one after the other, by name |
//! | `lie FILE N OTHER` | from the N-th opening of the file on gives the bytes of another file of this disk |
//! | `relist N DIR` | from the N-th list of its root on is another folder of this disk |
//! | `size FILE BYTES` | says this length of the file in its lists |
//! | `grow FILE BYTES` | the file is longer by that many zero bytes than its lists say |
//! | `full AT` | takes that many more bytes |
//! | `protected` | cannot be made writable |
//! | `busy` | cannot be released or made writable, as if a program still read it |
//! | `odd-names FILE` | also shows the file under a name of 300 bytes, one that is no text, and one with a line end |
//! | `many N` | also shows that many empty files in its root, before everything else |
//! | `unmountable` | the next stick put in cannot be mounted |
//!
//! Faults stay, over insertions too, until the word `well`. A file is named by its path on the stick, without spaces.
//! Deliberately not here: doing any of it.

use std::path::PathBuf;
use std::str::FromStr;

/// One thing that is wrong with a stick. Counts begin when the fault is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StickFault {
    /// Gives and takes this many bytes a second, at least one.
    Slow {
        /// The rate.
        bytes_per_s: u64,
    },
    /// Pulled out when a byte of a file is read or written. Happens once.
    Yank {
        /// The file.
        file: String,
        /// Bytes of it that still pass.
        at: u64,
    },
    /// A file that cannot be read to its end.
    Bad {
        /// The file.
        file: String,
        /// Bytes of it that can be read.
        at: u64,
    },
    /// The device cannot be read from here on. Its files lie one after the other, sorted by path, each beginning on a
    /// sector of its own.
    Dead {
        /// The first sector of 512 bytes that cannot be read.
        sector: u64,
    },
    /// A file that is another one when it is opened again.
    Lie {
        /// The file.
        file: String,
        /// The first opening that lies; 1 is the next one.
        opening: u64,
        /// A file of this disk whose bytes are given instead.
        other: PathBuf,
    },
    /// A stick that is another one when its root is listed again.
    Relist {
        /// The first list that differs; 1 is the next one.
        listing: u64,
        /// The folder of this disk that is shown from then on.
        folder: PathBuf,
    },
    /// A file whose listed length is not its own.
    Size {
        /// The file.
        file: String,
        /// What is listed.
        bytes: u64,
    },
    /// A file that grows while it is read.
    Grow {
        /// The file.
        file: String,
        /// Zero bytes after its end.
        bytes: u64,
    },
    /// Takes this many more bytes in all.
    Full {
        /// How many.
        at: u64,
    },
    /// The little switch on its side forbids writing.
    Protected,
    /// Something still reads it, says the system.
    Busy,
    /// Shows a file under three odd names too: one of 300 bytes, one that is no UTF-8, one with a line end.
    OddNames {
        /// The file.
        file: String,
    },
    /// Shows this many empty files in its root, before everything else.
    Many {
        /// How many.
        names: u32,
    },
    /// The next stick put in cannot be mounted. Happens once.
    Unmountable,
}

/// Words that are no fault of a stick.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StickWordsError {
    /// The first word is none of the table's.
    #[error("a stick cannot “{0}”")]
    Unknown(String),
    /// The first word is right, and the rest is not what it takes.
    #[error("“{verb}” takes {takes}")]
    Arguments {
        /// The first word.
        verb: &'static str,
        /// What belongs behind it.
        takes: &'static str,
    },
}

impl FromStr for StickFault {
    type Err = StickWordsError;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let (verb, rest) = split(words);
        let wrong = |verb, takes| StickWordsError::Arguments { verb, takes };
        let file_and_number = |verb, takes| {
            let (file, number) = split(rest);
            match number.parse() {
                Ok(number) if !file.is_empty() => Ok((file.to_owned(), number)),
                _ => Err(wrong(verb, takes)),
            }
        };
        Ok(match verb {
            "slow" => Self::Slow {
                bytes_per_s: rest
                    .parse()
                    .ok()
                    .filter(|rate| *rate > 0)
                    .ok_or(wrong("slow", "bytes a second"))?,
            },
            "yank" => {
                let (file, at) = file_and_number("yank", "a file and a byte of it")?;
                Self::Yank { file, at }
            }
            "bad" => {
                let (file, at) = file_and_number("bad", "a file and a byte of it")?;
                Self::Bad { file, at }
            }
            "dead" => Self::Dead {
                sector: rest.parse().map_err(|_| wrong("dead", "a sector"))?,
            },
            "lie" => {
                let takes = "a file, the number of an opening and another file";
                let (file, rest) = split(rest);
                let (opening, other) = split(rest);
                match opening.parse() {
                    Ok(opening) if opening > 0 && !other.is_empty() => Self::Lie {
                        file: file.to_owned(),
                        opening,
                        other: other.into(),
                    },
                    _ => return Err(wrong("lie", takes)),
                }
            }
            "relist" => {
                let (listing, folder) = split(rest);
                match listing.parse() {
                    Ok(listing) if listing > 0 && !folder.is_empty() => Self::Relist {
                        listing,
                        folder: folder.into(),
                    },
                    _ => return Err(wrong("relist", "the number of a list and a folder")),
                }
            }
            "size" => {
                let (file, bytes) = file_and_number("size", "a file and bytes")?;
                Self::Size { file, bytes }
            }
            "grow" => {
                let (file, bytes) = file_and_number("grow", "a file and bytes")?;
                Self::Grow { file, bytes }
            }
            "full" => Self::Full {
                at: rest.parse().map_err(|_| wrong("full", "bytes"))?,
            },
            "odd-names" if !rest.is_empty() => Self::OddNames {
                file: rest.to_owned(),
            },
            "odd-names" => return Err(wrong("odd-names", "a file")),
            "many" => Self::Many {
                names: rest
                    .parse()
                    .map_err(|_| wrong("many", "a number of names"))?,
            },
            "protected" if rest.is_empty() => Self::Protected,
            "protected" => return Err(wrong("protected", "nothing")),
            "busy" if rest.is_empty() => Self::Busy,
            "busy" => return Err(wrong("busy", "nothing")),
            "unmountable" if rest.is_empty() => Self::Unmountable,
            "unmountable" => return Err(wrong("unmountable", "nothing")),
            _ => return Err(StickWordsError::Unknown(verb.to_owned())),
        })
    }
}

/// The first word, and everything behind it.
pub(super) fn split(words: &str) -> (&str, &str) {
    let words = words.trim();
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    (first, rest.trim_start())
}

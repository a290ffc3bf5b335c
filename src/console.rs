//! Prints notices to a terminal.

use crate::domain::{Notice, Zone, words};
use std::io::{self, Write};

/// How wide text is, in columns, where the terminal does not say.
pub const WIDTH: usize = 100;

/// A sink that prints each post as a paragraph: when and why, the title, the lines.
pub struct Console<W> {
    out: W,
    zone: Zone,
}

impl<W: Write> Console<W> {
    /// A console whose times are those of `zone`.
    pub fn new(out: W, zone: Zone) -> Self {
        Self { out, zone }
    }

    /// Prints a post.
    pub fn post(&mut self, notice: &Notice) -> io::Result<()> {
        let mut head = words::instant(notice.at, self.zone);
        for part in [
            Some(notice.kind.word().to_owned()),
            notice.lead.map(|lead| lead.to_string()),
        ]
        .into_iter()
        .flatten()
        {
            head.push_str(" · ");
            head.push_str(&part);
        }
        if notice.late {
            head.push_str(" · late");
        }
        writeln!(self.out, "{head}\n  {}", notice.title)?;
        for line in notice.text().lines() {
            writeln!(self.out, "    {line}")?;
        }
        writeln!(self.out)?;
        self.out.flush()
    }
}

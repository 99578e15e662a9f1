//! An upload on its way from the browser to the reader of lists: a few pieces in memory at once, and never on a disk.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use tokio::sync::mpsc;

/// Of what a connection delivers at once, some tens of KiB each.
const PIECES: usize = 4;

/// The last piece is empty. That the sender is gone is no end: the browser may be.
#[derive(Debug)]
pub struct Upload {
    pieces: mpsc::Receiver<Bytes>,
    current: Bytes,
    ended: bool,
}

impl Upload {
    pub fn channel() -> (mpsc::Sender<Bytes>, Self) {
        let (sender, pieces) = mpsc::channel(PIECES);
        let upload = Self {
            pieces,
            current: Bytes::new(),
            ended: false,
        };
        (sender, upload)
    }
}

/// Called where waiting is allowed, never on a thread that answers requests.
impl Read for Upload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.current.is_empty() && !self.ended {
            let cut_off = || io::Error::new(io::ErrorKind::UnexpectedEof, "the upload was cut off");
            self.current = self.pieces.blocking_recv().ok_or_else(cut_off)?;
            self.ended = self.current.is_empty();
        }
        let length = self.current.len().min(buffer.len());
        self.current.copy_to_slice(buffer.get_mut(..length).unwrap_or_default());
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(pieces: &[&'static str]) -> io::Result<String> {
        let (sender, mut upload) = Upload::channel();
        for piece in pieces {
            sender.try_send(Bytes::from_static(piece.as_bytes())).unwrap();
        }
        drop(sender);
        let mut text = String::new();
        upload.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn an_upload_that_was_cut_off_is_not_taken_for_a_short_list() {
        assert_eq!(received(&["P-1;a\n", "P-2;b\n", ""]).unwrap(), "P-1;a\nP-2;b\n");
        assert_eq!(received(&[""]).unwrap(), "");
        let cut = received(&["P-1;a\n"]).unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }
}

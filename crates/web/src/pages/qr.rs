//! A QR code as the data of one SVG path, so that the page needs neither a picture file nor inline style.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The light border that scanners need around the code, in modules.
const QUIET: usize = 4;

#[derive(Debug, thiserror::Error)]
#[error("the text does not fit into a QR code: {0}")]
pub struct QrTooLong(#[from] qrcode::types::QrError);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Width and height of the whole, border included, in modules.
    pub side: usize,
    /// The dark modules, for `<path d>`.
    pub path: String,
}

impl Qr {
    /// # Errors
    /// A text of more than some 2,000 bytes.
    pub fn of(text: &str) -> Result<Self, QrTooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let width = code.width();
        let modules = code.to_colors();
        let mut path = String::new();
        for (y, row) in modules.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
                }
                x += run.len();
            }
        }
        Ok(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_the_modules_of_the_code() {
        let text = "otpauth://totp/Labo:1?secret=JBSWY3DPEHPK3PXP&issuer=Labo";
        let qr = Qr::of(text).unwrap();
        let modules = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        assert_eq!(qr.side, modules.width() + 8);
        let dark: usize = qr
            .path
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(dark, modules.to_colors().iter().filter(|c| **c == Color::Dark).count());
        assert!(qr.path.chars().all(|c| c.is_ascii_digit() || "Mhvz -".contains(c)));
    }

    #[test]
    fn a_text_that_is_too_long_is_an_error() {
        assert!(Qr::of(&"x".repeat(5_000)).is_err());
    }
}

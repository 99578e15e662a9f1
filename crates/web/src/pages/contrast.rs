//! the colours of the stylesheet can be told apart, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

use super::asset::{STYLESHEET, asset};

/// Text, or what replaces text, on its ground.
const TEXT: [(&str, &str); 14] = [
    ("ink", "ground"),
    ("ink", "paper"),
    ("ink", "calm"),
    ("ink", "warm"),
    ("soft", "ground"),
    ("soft", "paper"),
    ("soft", "calm"),
    ("accent", "ground"),
    ("accent", "paper"),
    ("accent", "calm"),
    ("accent-deep", "calm"),
    ("accent-deep", "paper"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
];

/// Borders of fields, focus and error marks.
const MARKS: [(&str, &str); 7] = [
    ("edge", "paper"),
    ("edge", "ground"),
    ("focus", "paper"),
    ("focus", "ground"),
    ("focus", "warm"),
    ("warm-edge", "paper"),
    ("warm-edge", "warm"),
];

/// The variables of the first (light) and the second (dark) `:root` block.
fn palettes() -> [BTreeMap<String, f64>; 2] {
    let css = str::from_utf8(asset(&STYLESHEET.name).unwrap().bytes).unwrap();
    let mut blocks = css
        .split(":root {")
        .skip(1)
        .map(|block| block.split('}').next().unwrap());
    [(); 2].map(|()| {
        let lines = blocks
            .next()
            .unwrap()
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--"));
        lines
            .map(|line| line.trim_end_matches(';').split_once(": ").unwrap())
            .map(luminance_of)
            .collect()
    })
}

fn luminance_of((name, colour): (&str, &str)) -> (String, f64) {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    (
        name.to_owned(),
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5),
    )
}

#[test]
fn r55_contrast_by_day_and_by_night() {
    for palette in palettes() {
        let contrast = |(a, b): (&str, &str)| {
            let (a, b) = (palette[a], palette[b]);
            (a.max(b) + 0.05) / (a.min(b) + 0.05)
        };
        for pair in TEXT {
            assert!(contrast(pair) >= 4.5, "{pair:?}: {:.2}", contrast(pair));
        }
        for pair in MARKS {
            assert!(contrast(pair) >= 3.0, "{pair:?}: {:.2}", contrast(pair));
        }
    }
}

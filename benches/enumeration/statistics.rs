//! Welch's t test.

use std::fmt;

/// In seconds.
pub struct Moments {
    pub mean: f64,
    variance: f64,
    count: f64,
}

impl Moments {
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self {
            mean,
            variance: squares / (count - 1.0),
            count,
        }
    }
}

impl fmt::Display for Moments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ({:.3})", self.mean * 1e3, self.variance.sqrt() * 1e3)
    }
}

pub fn welch(one: &[f64], other: &[f64]) -> f64 {
    let (a, b) = (Moments::of(one), Moments::of(other));
    (a.mean - b.mean) / (a.variance / a.count + b.variance / b.count).sqrt()
}

/// Of what lies under the ninth tenth of both together.
pub fn welch_cropped(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<f64> = one.iter().chain(other).copied().collect();
    all.sort_unstable_by(f64::total_cmp);
    let most = all[all.len() * 9 / 10];
    let below = |values: &[f64]| values.iter().copied().filter(|value| *value < most).collect::<Vec<_>>();
    welch(&below(one), &below(other))
}

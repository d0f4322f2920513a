//! Statistics over turns.

/// The median.
pub(crate) fn middle(turns: &mut [f64]) -> f64 {
    at(turns, 50)
}

/// The given percentile.
pub(crate) fn at(turns: &mut [f64], percent: usize) -> f64 {
    turns.sort_by(f64::total_cmp);
    turns.get((turns.len() * percent / 100).min(turns.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The smallest and the greatest value.
pub(crate) fn spread(turns: &mut [f64]) -> String {
    turns.sort_by(f64::total_cmp);
    let of = |found: Option<&f64>| found.copied().unwrap_or_default();
    format!("{:.2} to {:.2}", of(turns.first()), of(turns.last()))
}

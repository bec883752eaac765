//! The colours of charts: stronger than those of cells, because nothing is read on them.
//!
//! Blue for the best grade, orange for the worst, as in tables. No colour says anything alone: what is drawn carries its
//! name and its value, and lines differ in their marks too.

use crate::present::palette::Rgb;
use crate::report::{Label, Report};

/// From the best grade to the worst: seen on light and on dark paper.
const GRADES: [Rgb; 6] = [
    0x2A_6DB0, 0x5F_9DD3, 0x8C_97A4, 0xDE_9544, 0xC9_692B, 0x9F_4D1A,
];

/// Series that are no grades. Each has a contrast of 3 or more on white and on the page's dark.
const SERIES: [Rgb; 7] = [
    0x2F_7DBD, 0xC7_7000, 0x1B_8A68, 0xB4_5A9A, 0x7A_72C8, 0x8A_7A3C, 0x7A_848F,
];

/// The colours of one report.
pub struct Colors {
    grades: Vec<Rgb>,
}

impl Colors {
    /// The scheme's own colours where it gives them.
    pub fn of(report: &Report) -> Self {
        let sampled = sample(report.grades.len());
        let own = report.grades.iter().zip(sampled);
        Self {
            grades: own
                .map(|((_, own), sampled)| own.unwrap_or(sampled))
                .collect(),
        }
    }

    /// The colour of a grade.
    pub fn grade(&self, grade: usize) -> Option<Rgb> {
        self.grades.get(grade).copied()
    }

    /// The colour of a label: its grade's, else that of the series at this place.
    pub fn label(&self, label: &Label, place: usize) -> Rgb {
        label
            .grade
            .and_then(|grade| self.grade(grade))
            .unwrap_or(SERIES[place % SERIES.len()])
    }
}

/// Colours for `n` grades: of the six, the better one at a half as in tables, and between them above six.
fn sample(n: usize) -> Vec<Rgb> {
    let last = GRADES.len() - 1;
    let steps = n.saturating_sub(1).max(1);
    (0..n)
        .map(|index| {
            if n <= GRADES.len() {
                return GRADES[(2 * index * last).saturating_sub(steps).div_ceil(2 * steps)];
            }
            let (low, rest) = (index * last / steps, index * last % steps);
            mix(GRADES[low], GRADES[(low + 1).min(last)], rest, steps)
        })
        .collect()
}

/// The colour `part / whole` of the way from one to the other.
fn mix(from: Rgb, to: Rgb, part: usize, whole: usize) -> Rgb {
    let (part, whole) = (part as u32, whole as u32);
    [16, 8, 0].into_iter().fold(0, |mixed, shift| {
        let channel = |color: Rgb| color >> shift & 0xFF;
        let sum = channel(from) * (whole - part) + channel(to) * part;
        mixed | ((sum + whole / 2) / whole) << shift
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::palette::contrast;
    use std::collections::BTreeSet;

    /// The page's paper, light and dark; the style sheet has the same.
    const PAPERS: [Rgb; 2] = [0xFF_FFFF, 0x15_1A21];

    #[test]
    fn all_can_be_seen_on_light_and_dark() {
        for paper in PAPERS {
            for color in SERIES {
                let found = contrast(color, paper);
                assert!(found >= 3.0, "{color:06X} on {paper:06X}: {found}");
            }
            // The orange in the middle is the lightest that keeps apart from its neighbours.
            for color in GRADES {
                let found = contrast(color, paper);
                assert!(found >= 2.4, "{color:06X} on {paper:06X}: {found}");
            }
        }
    }

    #[test]
    fn grades_have_colours_of_their_own_from_end_to_end() {
        assert!(sample(0).is_empty());
        assert_eq!(sample(1), [GRADES[0]]);
        assert_eq!(sample(3), [GRADES[0], GRADES[2], GRADES[5]]);
        for n in 2..=12 {
            let colors = sample(n);
            assert_eq!((colors[0], colors[n - 1]), (GRADES[0], GRADES[5]));
            assert_eq!(colors.iter().collect::<BTreeSet<_>>().len(), n);
        }
    }
}

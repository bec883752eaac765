//! The colours of grades: blue for the best, orange for the worst, so that they keep apart under red-green colour
//! blindness and do not say up or down, which red and green do, and differently in China and elsewhere.

use super::table::GradeStyle;
use crate::diagnostic::Severity;

/// A colour as `0xRRGGBB`.
pub type Rgb = u32;

/// The colours of one grade.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Swatch {
    /// Behind the grade's name.
    pub fill: Rgb,
    /// The grade's name on it: a contrast of at least 4.5 to 1 (WCAG 2.1, AA).
    pub text: Rgb,
    /// A hint of the fill for the rest of the row; dark text is read well on it.
    pub tint: Rgb,
}

/// Fill and text from the best grade to the worst.
const ANCHORS: [(Rgb, Rgb); 6] = [
    (0xBF_D7EE, 0x0B_3C66),
    (0xDD_EBF7, 0x0B_4F7F),
    (0xF2_F2F2, 0x40_4040),
    (0xFD_E5CC, 0x7A_4100),
    (0xF6_C6A0, 0x5E_2700),
    (0xE2_9C6B, 0x3D_1600),
];

/// Where the six stand between the best and the worst when there are more grades than six: as far apart as the eye sees
/// them (CIEDE2000, under protanopia, where they are closest), so that what lies between them keeps apart too.
const PLACES: [usize; 6] = [0, 6, 12, 24, 32, 42];

/// Text on white and on tints.
pub const INK: Rgb = 0x26_2626;
/// Behind headings.
pub const HEADER: Rgb = 0x1F_3A5F;
/// Headings' text, and paper.
pub const WHITE: Rgb = 0xFF_FFFF;
/// Thin lines between cells.
pub const LINE: Rgb = 0xD9_DEE4;
/// Labels and remarks of less weight.
pub const MUTED: Rgb = 0x5F_6B7A;
/// Behind a decision that a person made.
pub const OVERRIDDEN: Rgb = 0xFF_F7CC;
/// Behind cells that people fill.
pub const INPUT: Rgb = 0xFF_FBE6;
/// Behind those that somebody has filled.
pub const FILLED: Rgb = 0xFF_E699;
/// Behind a cell that has to be mended, and its text on it.
pub const FAULT: Rgb = 0xF9_C9B6;
/// The text of such a cell.
pub const FAULT_TEXT: Rgb = 0x7A_2100;
/// Behind what regrade says beside a row and nobody fills.
pub const ASIDE: Rgb = 0xF2_F4F7;
/// The hatch of a customer without a grade.
pub const HATCH: Rgb = 0xBF_C5CC;

/// Fill and text of how bad a finding is: the orange of the worst grades for errors, paler for less.
pub const fn of_severity(severity: Severity) -> (Rgb, Rgb) {
    match severity {
        Severity::Error => ANCHORS[4],
        Severity::Warning => ANCHORS[3],
        Severity::Note => ANCHORS[2],
    }
}

/// The colours for `n` grades, best first: sampled from the six of the palette, and between them above six.
pub fn sample(n: usize) -> Vec<Swatch> {
    let last = ANCHORS.len() - 1;
    (0..n)
        .map(|index| {
            let (fill, text) = if n == 1 {
                ANCHORS[0]
            } else if n <= ANCHORS.len() {
                // The nearest of the six, the better one at a half: 3 grades are blue, grey and orange.
                ANCHORS[(2 * index * last)
                    .saturating_sub(n - 1)
                    .div_ceil(2 * (n - 1))]
            } else {
                // In units of the places, times n - 1, so that whole numbers are enough.
                let at = index * PLACES[last];
                let low = (0..last)
                    .rfind(|low| PLACES[*low] * (n - 1) <= at)
                    .unwrap_or(0);
                let high = low + 1;
                let step = (PLACES[high] - PLACES[low]) * (n - 1);
                let part = (at - PLACES[low] * (n - 1)) as f64 / step as f64;
                let fill = mix(ANCHORS[low].0, ANCHORS[high].0, part);
                let text = mix(ANCHORS[low].1, ANCHORS[high].1, part);
                (fill, text)
            };
            Swatch {
                fill,
                text,
                tint: tint(fill),
            }
        })
        .collect()
}

/// The colours of these grades: the scheme's own where it gives one, with a text that can be read on it.
pub fn of_grades(grades: &[GradeStyle]) -> Vec<Swatch> {
    let sampled = sample(grades.len());
    grades
        .iter()
        .zip(sampled)
        .map(|(grade, swatch)| grade.color.map_or(swatch, own))
        .collect()
}

/// The colours around a fill that somebody chose.
fn own(color: Rgb) -> Swatch {
    let fill = color & WHITE;
    Swatch {
        fill,
        text: readable_on(fill),
        tint: tint(fill),
    }
}

/// Dark or white, whichever is read better on `fill`. One of black and white always has a contrast of 4.58 or more.
pub fn readable_on(fill: Rgb) -> Rgb {
    if contrast(INK, fill) >= 4.5 {
        INK
    } else if contrast(WHITE, fill) >= 4.5 {
        WHITE
    } else {
        0
    }
}

/// A hint of `fill`: the darker it is, the less of it.
fn tint(fill: Rgb) -> Rgb {
    mix(WHITE, fill, if luminance(fill) > 0.4 { 0.4 } else { 0.14 })
}

/// `part` (0 to 1) of the way from one colour to the other.
pub fn mix(from: Rgb, to: Rgb, part: f64) -> Rgb {
    [16, 8, 0].into_iter().fold(0, |mixed, shift| {
        let channel = |color: Rgb| f64::from(color >> shift & 0xFF);
        let value = channel(from) + (channel(to) - channel(from)) * part;
        mixed | (value.round() as u32) << shift
    })
}

/// The contrast of two colours, 1 to 21 (WCAG 2.1, "contrast ratio").
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// How light a colour is, 0 to 1 (WCAG 2.1, "relative luminance").
fn luminance(color: Rgb) -> f64 {
    let linear = |shift: u32| {
        let value = f64::from(color >> shift & 0xFF) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
}

#[cfg(test)]
mod eyes;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn one_to_twelve_grades_are_distinct_and_readable() {
        for n in 1..=12 {
            let swatches = sample(n);
            let fills: BTreeSet<_> = swatches.iter().map(|swatch| swatch.fill).collect();
            assert_eq!(fills.len(), n);
            for Swatch { fill, text, tint } in swatches {
                assert!(contrast(fill, text) >= 4.5, "{n}: {text:06X} on {fill:06X}");
                assert!(contrast(tint, INK) >= 7.0, "{n}: {tint:06X}");
            }
        }
    }

    /// CIEDE2000 of neighbours is at least 5 without and with either blindness: up to seven grades, as many as people
    /// use. Beyond them colours only say more or less good, and the names say which.
    #[test]
    fn neighbours_keep_apart_under_red_green_blindness() {
        for n in 2..=7 {
            let fills: Vec<Rgb> = sample(n).iter().map(|swatch| swatch.fill).collect();
            for eye in eyes::EYES {
                let least = (1..n)
                    .map(|index| eyes::difference(fills[index - 1], fills[index], &eye.1))
                    .fold(f64::INFINITY, f64::min);
                assert!(least >= 5.0, "{n} grades, {}: {least:.2}", eye.0);
            }
        }
        // The neighbours of six grades under the two simulations of Viénot, worked out by another program.
        let six = |eye: usize| -> Vec<f64> {
            let fills = ANCHORS.map(|(fill, _)| fill);
            (1..6)
                .map(|index| eyes::difference(fills[index - 1], fills[index], &eyes::EYES[eye].1))
                .map(|difference| (difference * 10.0).round() / 10.0)
                .collect()
        };
        assert_eq!(six(1), [6.4, 6.6, 11.6, 8.2, 11.2]);
        assert_eq!(six(2), [7.0, 7.8, 12.9, 8.0, 9.9]);
    }

    #[test]
    fn the_ends_are_the_ends_of_the_palette() {
        let fills = |n| {
            sample(n)
                .iter()
                .map(|swatch| swatch.fill)
                .collect::<Vec<_>>()
        };
        assert!(fills(0).is_empty());
        assert_eq!(fills(1), [0xBF_D7EE]);
        assert_eq!(fills(2), [0xBF_D7EE, 0xE2_9C6B]);
        assert_eq!(fills(3), [0xBF_D7EE, 0xF2_F2F2, 0xE2_9C6B]);
        assert_eq!(fills(6), ANCHORS.map(|(fill, _)| fill));
        assert_eq!((fills(300)[0], fills(300)[299]), (0xBF_D7EE, 0xE2_9C6B));
    }

    #[test]
    fn a_colour_of_the_scheme_gets_a_text_that_can_be_read() {
        for color in [
            0x00_0000, 0xFF_FFFF, 0xC0_0000, 0x77_7777, 0xFF_FF00, 0x00_00FF, 0x00_8080,
        ] {
            let grades = [GradeStyle {
                name: "A".into(),
                color: Some(color),
            }];
            let swatch = of_grades(&grades)[0];
            assert_eq!(swatch.fill, color);
            assert!(contrast(swatch.fill, swatch.text) >= 4.5, "{color:06X}");
            assert!(contrast(swatch.tint, INK) >= 7.0, "{color:06X}");
        }
    }
}

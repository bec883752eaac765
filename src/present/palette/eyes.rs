//! How far apart two colours look, to all eyes: simulated colour blindness and CIEDE2000. For the test of the palette.
//!
//! The simulations: F. Viénot, H. Brettel, J. D. Mollon, "Digital video colourmaps for checking the legibility of displays
//! by dichromats", Color Research and Application 24 (1999); G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
//! Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), at full severity. Both
//! take linear RGB to linear RGB. The difference: G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 Color-Difference Formula:
//! Implementation Notes, Supplementary Test Data, and Mathematical Observations" (2005).

use super::Rgb;

type Matrix = [[f64; 3]; 3];

/// Eyes by name: the usual ones, then those of dichromats.
pub const EYES: [(&str, Matrix); 5] = [
    (
        "no blindness",
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    (
        "protanopia (Viénot)",
        [
            [0.112_38, 0.887_62, 0.0],
            [0.112_38, 0.887_62, 0.0],
            [0.004_01, -0.004_01, 1.0],
        ],
    ),
    (
        "deuteranopia (Viénot)",
        [
            [0.292_75, 0.707_25, 0.0],
            [0.292_75, 0.707_25, 0.0],
            [-0.022_34, 0.022_34, 1.0],
        ],
    ),
    (
        "protanopia (Machado)",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia (Machado)",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
];

/// CIEDE2000 of two colours as an eye sees them.
pub fn difference(one: Rgb, other: Rgb, eye: &Matrix) -> f64 {
    ciede2000(lab(through(one, eye)), lab(through(other, eye)))
}

/// A colour as linear RGB, through an eye.
fn through(color: Rgb, eye: &Matrix) -> [f64; 3] {
    let linear = [16, 8, 0].map(|shift| {
        let value = f64::from(color >> shift & 0xFF) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    eye.map(|row| {
        let sum: f64 = row
            .iter()
            .zip(linear)
            .map(|(part, value)| part * value)
            .sum();
        sum.clamp(0.0, 1.0)
    })
}

/// CIE L*a*b* of linear sRGB under D65.
fn lab(color: [f64; 3]) -> [f64; 3] {
    const TO_XYZ: Matrix = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];
    let curve = |value: f64| {
        if value > 216.0 / 24_389.0 {
            value.cbrt()
        } else {
            (24_389.0 / 27.0 * value + 16.0) / 116.0
        }
    };
    let mut curved = [0.0; 3];
    for ((curved, row), white) in curved.iter_mut().zip(TO_XYZ).zip(WHITE) {
        let sum: f64 = row
            .iter()
            .zip(color)
            .map(|(part, value)| part * value)
            .sum();
        *curved = curve(sum / white);
    }
    let [x, y, z] = curved;
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[allow(clippy::many_single_char_names, reason = "the names of the formula")]
fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let seventh = |chroma: f64| (chroma.powi(7) / (chroma.powi(7) + 25f64.powi(7))).sqrt();
    let mean = f64::midpoint(a1.hypot(b1), a2.hypot(b2));
    let stretch = 1.0 + 0.5 * (1.0 - seventh(mean));
    let polar = |a: f64, b: f64| {
        let a = a * stretch;
        (a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0))
    };
    let ((c1, h1), (c2, h2)) = (polar(a1, b1), polar(a2, b2));
    let is_grey = c1 * c2 == 0.0;
    let turn = if is_grey {
        0.0
    } else {
        (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0
    };
    let hue = match (h1 - h2).abs() {
        _ if is_grey => h1 + h2,
        apart if apart <= 180.0 => f64::midpoint(h1, h2),
        _ if h1 + h2 < 360.0 => f64::midpoint(h1, h2) + 180.0,
        _ => f64::midpoint(h1, h2) - 180.0,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0)
        - 0.20 * cos(4.0 * hue - 63.0);
    let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let turned = 60.0 * (-((hue - 275.0) / 25.0).powi(2)).exp();
    let rt = -2.0 * seventh(c) * turned.to_radians().sin();
    let (l, c, h) = (dl / sl, dc / sc, dh / sh);
    (l * l + c * c + h * h + rt * c * h).sqrt()
}

/// Pairs 1, 7, 13, 17 and 33 of the test data of Sharma, Wu and Dalal.
#[test]
fn the_published_pairs_have_the_published_differences() {
    for (one, other, expected) in [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, -0.001, 2.49], [50.0, 0.0011, -2.49], 4.7461),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        (
            [6.7747, -0.2908, -2.4247],
            [5.8714, -0.0985, -2.2286],
            0.6377,
        ),
    ] {
        let found = ciede2000(one, other);
        assert!((found - expected).abs() < 5e-5, "{found} for {expected}");
    }
}

//! Unified social credit codes (统一社会信用代码) as GB 32100-2015 makes them: 18 signs, of which the last is worked out
//! from the others.

use super::fold::identifier;

/// The signs in the order of their values. I, O, S, V and Z are none: they look like others.
const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The signs of a code as it was meant: what can only be a slip of the pen (`O` for `0`, `I` for `1`) is put right.
pub fn folded(text: &str) -> String {
    let mut code = identifier(text);
    if code.len() == 18 && code.is_ascii() {
        code = code.replace('O', "0").replace('I', "1");
    }
    code
}

/// Whether the 18 signs are a code: the first 17 weighed by the powers of 3 modulo 31, and the last what makes the sum
/// a multiple of 31.
pub fn is_valid(code: &str) -> bool {
    let bytes = code.as_bytes();
    if bytes.len() != 18 {
        return false;
    }
    let (mut sum, mut weight) = (0, 1);
    for sign in &bytes[..17] {
        let Some(value) = SIGNS.iter().position(|known| known == sign) else {
            return false;
        };
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    let check = (31 - sum) % 31;
    SIGNS[check] == bytes[17]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_known_companies_are_valid() {
        // Huawei, Tencent, Alibaba and Baidu, as their licences say.
        for code in [
            "914403001922038216",
            "9144030071526726XG",
            "91330100799655058B",
            "91110000802100433B",
        ] {
            assert!(is_valid(code), "{code}");
            assert!(is_valid(&folded(&code.to_lowercase())), "{code}");
        }
    }

    #[test]
    fn one_other_sign_makes_it_invalid() {
        let code = "914403001922038216";
        for place in 0..18 {
            for sign in SIGNS {
                let mut other = code.as_bytes().to_vec();
                if other[place] == *sign {
                    continue;
                }
                other[place] = *sign;
                let other = String::from_utf8(other).unwrap();
                assert!(!is_valid(&other), "{other}");
            }
        }
        for wrong in [
            "",
            "91440300192203821",
            "91440300192203821I",
            "统一社会信用代码统一社会信用代码12",
        ] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}

//! The templates that come with regrade, for those who name none.

use super::Form;
use crate::diagnostic::Lang;
use crate::scheme::model::Occasion;

/// The name and the text of the template for a move.
pub const fn template(occasion: Occasion, form: Form, lang: Lang) -> (&'static str, &'static str) {
    match (form, occasion, lang) {
        (Form::Sms, _, Lang::Zh) => ("sms.zh.txt", include_str!("templates/sms.zh.txt")),
        (Form::Sms, _, Lang::En) => ("sms.en.txt", include_str!("templates/sms.en.txt")),
        (_, Occasion::Upgraded, Lang::Zh) => {
            ("upgraded.zh.txt", include_str!("templates/upgraded.zh.txt"))
        }
        (_, Occasion::Upgraded, Lang::En) => {
            ("upgraded.en.txt", include_str!("templates/upgraded.en.txt"))
        }
        (_, Occasion::Downgraded, Lang::Zh) => (
            "downgraded.zh.txt",
            include_str!("templates/downgraded.zh.txt"),
        ),
        (_, Occasion::Downgraded, Lang::En) => (
            "downgraded.en.txt",
            include_str!("templates/downgraded.en.txt"),
        ),
        (_, Occasion::Changed | Occasion::Campaign, Lang::Zh) => {
            ("changed.zh.txt", include_str!("templates/changed.zh.txt"))
        }
        (_, Occasion::Changed | Occasion::Campaign, Lang::En) => {
            ("changed.en.txt", include_str!("templates/changed.en.txt"))
        }
        (_, Occasion::New, Lang::Zh) => ("new.zh.txt", include_str!("templates/new.zh.txt")),
        (_, Occasion::New, Lang::En) => ("new.en.txt", include_str!("templates/new.en.txt")),
    }
}

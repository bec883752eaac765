//! The numbers of customers by their keys, worked out when somebody asks: grading from files alone never does.

use foldhash::HashMap;
use std::sync::{Arc, OnceLock};

/// Numbers by key.
type Numbers = HashMap<Arc<str>, u32>;

/// The places of some keys in their order. Shared, because over a million customers a second one is not small.
#[derive(Clone, Debug, Default)]
pub struct Numbered(Arc<OnceLock<Arc<Numbers>>>);

impl Numbered {
    /// The places of `ids`, which are the same at each call.
    pub fn of(&self, ids: &[Arc<str>]) -> &Arc<Numbers> {
        self.0
            .get_or_init(|| Arc::new(ids.iter().cloned().zip(0..).collect()))
    }

    /// One more key behind the others; what is shared stays as it is.
    pub fn push(&mut self, id: &Arc<str>, number: u32) {
        if let Some(known) = Arc::make_mut(&mut self.0).get_mut() {
            Arc::make_mut(known).insert(id.clone(), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_joins_later_has_a_number_however_early_it_was_asked() {
        for asked_before in [false, true] {
            let mut ids: Vec<Arc<str>> = vec!["a".into(), "b".into()];
            let own = Numbered::default();
            let mut joined = own.clone();
            if asked_before {
                assert_eq!(own.of(&ids).len(), 2);
            }
            let first = ids.clone();
            ids.push("c".into());
            joined.push(&ids[2], 2);
            assert_eq!(joined.of(&ids).get("c"), Some(&2));
            assert_eq!(joined.of(&ids).get("a"), Some(&0));
            assert_eq!(own.of(&first).get("c"), None);
        }
    }
}

//! Single pairs, with weights that no small set of records would have.

use super::*;
use crate::duplicates::values::parts;
use crate::scheme::model::IdentityField;
use crate::table::{Column, TextColumn};

#[test]
fn what_is_worth_nothing_at_best_is_compared_all_the_same() {
    let columns = [
        ["13800138000", "13800138000"],
        ["深圳市华为技术有限公司", "深圳市华为技术有限公司上海分公司"],
    ];
    let columns = columns.map(|texts| {
        Column::Text(TextColumn {
            codes: texts
                .iter()
                .enumerate()
                .map(|(row, _)| row as u32)
                .collect(),
            dictionary: texts.map(Into::into).to_vec().into(),
        })
    });
    let kinds = [IdentityKind::Phone, IdentityKind::Company];
    let fields: Vec<IdentityField> = (0..)
        .zip(kinds)
        .map(|(field, kind)| IdentityField { field, kind })
        .collect();
    let parts = parts(&fields, &columns.iter().collect::<Vec<_>>());
    // Near names are so common among these records that the best of different ones is worth exactly nothing.
    let chance = |near| Chance {
        drawn: 20_000,
        found: [near, 4_000, 4_000],
    };
    let weights = |near| Weights::new(IdentityKind::Company, 20_000, chance(near));
    let nothing = (0..4_000)
        .map(weights)
        .find(|weights| weights.most() == 0)
        .unwrap();
    let mut comparer = Comparer::new(&parts, 2, 0);
    comparer.weights[1] = nothing;
    let never = comparer.field(1, 1, 0, 1);
    assert_eq!(never, Some((Agreement::Never, None)));
    assert_eq!(comparer.score(0, 1), None);
}

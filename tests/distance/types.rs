//! Distances to other types: the value that is named gives the type that is named, and nothing nearer changes it.

use super::examples::{EXAMPLES, case, cases};
use super::sheets::{Random, Trial, Wanted, one_step_less, try_levels};
use regrade::explain::distance::{Reach, Way, World};
use regrade::grading::Grading;
use regrade::table::{Decimal, Value};

/// The type of a customer; `None` for who is not there.
#[allow(
    clippy::option_option,
    reason = "who is refused has no type in another way than who has none"
)]
fn kind(grading: &Grading, id: &str) -> Option<Option<u32>> {
    let row = *grading.book.roster.by_id().get(id)? as usize;
    let kind = grading.classification.types[row].index();
    Some(kind.map(|kind| kind as u32))
}

/// Some number between the present one and another, which are steps apart.
fn between(reach: &Reach, to: &Value, random: &mut Random) -> Option<Value> {
    let (Value::Number(now), Value::Number(to), Some(step)) = (&reach.now, to, reach.step) else {
        return None;
    };
    let step = step.millionths();
    let steps = (to.millionths() - now.millionths()) / step;
    let part = steps.signum() * random.below(steps.unsigned_abs() as usize) as i64;
    let between = Decimal::from_millionths(now.millionths() + part * step)?;
    Some(Value::Number(between))
}

/// Types of an example's customers, tried; how many values were.
pub fn tried(name: &str) -> usize {
    let example = EXAMPLES
        .iter()
        .find(|example| example.name == name)
        .unwrap();
    let case = case(example, cases(), 7);
    let grading = case.grade();
    let world = World::of_types(&grading);
    assert!(!world.is_ordered());
    let random = &mut Random::new(7);
    let mut trials = vec![];
    for row in 0..grading.len() {
        let id = grading.book.roster.ids[row].clone();
        let now = kind(&grading, &id).unwrap();
        for reach in world.reaches(row) {
            for change in &reach.changes {
                assert!(!change.better, "{change:?}");
                assert_ne!(change.grade, now, "{change:?}");
                let trial = |value: Value, wanted: Option<u32>| Trial {
                    id: id.clone(),
                    slot: reach.slot,
                    value,
                    wanted: Wanted::Is(wanted),
                };
                let to = match change.way {
                    Way::Unnamed => Value::Text("no scheme names this".into()),
                    _ => change.to.clone(),
                };
                trials.push(trial(to, change.grade));
                let nearer = [
                    one_step_less(&reach, change),
                    between(&reach, &change.to, random),
                ];
                // Before the nearest change nothing changes.
                trials.extend(nearer.into_iter().flatten().map(|less| trial(less, now)));
            }
        }
    }
    try_levels(&case, &grading, &world, trials, &kind)
}

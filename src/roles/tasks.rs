//! Tasks as a role sees them. They are planned by what there is, of everybody, so that a day that is told is the same
//! for all; what is told of a task is then what the role sees of its customer.

use super::Viewer;
use crate::classify::render;
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::scheme::model::{Sight, TaskRule, Template, TemplatePart};
use crate::table::Date;
use crate::tasks::{Call, Called, State, Task, Why, WhyRule};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// The run of a call, the customer's own key and the title: there is one such call.
type Key = (Date, Arc<str>, Arc<str>);

/// What a role may be told of the calls of runs.
#[derive(Clone, Default)]
pub struct Told {
    of: HashMap<Key, Words>,
    /// The customers of the asked run whom the role sees, by their own keys.
    seen: HashSet<Arc<str>>,
    hides_follow_ups: bool,
}

/// What is told instead of what stands in a call.
#[derive(Clone)]
struct Words {
    customer: Arc<str>,
    name: Option<Arc<str>>,
    /// Who does it, if not as it is: as planned, and as told.
    owner: Option<[Option<Arc<str>>; 2]>,
    why: Why,
}

impl Told {
    /// Takes in what a run calls for. The run that is asked comes last.
    pub fn add(&mut self, viewer: &Viewer, whole: &Grading, seen: &Grading, called: &Called) {
        let rows = viewer.rows(whole);
        let roster = &whole.book.roster;
        let keys = rows.iter().map(|row| roster.ids[*row as usize].clone());
        self.seen = keys.collect();
        self.hides_follow_ups = hides_follow_ups(viewer);
        for call in &called.calls {
            let row = roster.by_id().get(&call.customer);
            let Some(row) = row.and_then(|row| rows.binary_search(row).ok()) else {
                continue;
            };
            if let Some(words) = words(viewer, seen, call, row) {
                let key = (called.as_of, call.customer.clone(), call.title.clone());
                self.of.insert(key, words);
            }
        }
    }

    /// A task as it is told; `None` if the role does not see its customer, or its day.
    pub fn task(&self, task: Task) -> Option<Task> {
        let key = (task.of.as_of, task.customer.clone(), task.title.clone());
        let words = self.of.get(&key)?;
        // Of one whom the role does not see any more it is told what it need not do any more.
        if !self.seen.contains(&task.customer) && task.state != State::Dropped {
            return None;
        }
        let owner = match &words.owner {
            None => task.owner,
            // It went from one to the other, and the role does not see from whom to whom.
            Some([planned, _]) if *planned != task.owner => return None,
            Some([_, told]) => told.clone(),
        };
        if self.hides_follow_ups && matches!(task.state, State::Done(_)) {
            return None;
        }
        Some(Task {
            customer: words.customer.clone(),
            name: words.name.clone(),
            owner,
            why: words.why.clone(),
            last: task.last.filter(|_| !self.hides_follow_ups),
            ..task
        })
    }
}

fn words(viewer: &Viewer, seen: &Grading, call: &Call, row: usize) -> Option<Words> {
    let scheme = viewer.scheme();
    let strategy = &scheme.strategies[call.of.strategy];
    let task = &strategy.tasks[call.of.task];
    let rule = match (&task.rule, &call.why.rule) {
        // It is due on the date, which tells it.
        (TaskRule::On(slot), _) if scheme.slots.sight(*slot) != Sight::Open => return None,
        (TaskRule::When(when), _) => WhyRule::When(when.text.clone()),
        (_, rule) => rule.clone(),
    };
    let by = task.by.as_ref().filter(|by| !is_open(scheme, by));
    let owner = by.map(|by| {
        let told = render(by, &seen.facts, row, scheme.language);
        [call.owner.clone(), told.map(Arc::from)]
    });
    let roster = &seen.book.roster;
    Some(Words {
        customer: roster.ids[row].clone(),
        name: roster.names[row].clone(),
        owner,
        why: Why {
            strategy: strategy.when.as_ref().map(|when| when.text.clone()),
            rule,
        },
    })
}

/// Whether all that a template shows is seen as it is.
fn is_open(scheme: &Scheme, template: &Template) -> bool {
    template.parts.iter().all(|part| match part {
        TemplatePart::Text(_) => true,
        TemplatePart::Slot(slot) => scheme.slots.sight(*slot) == Sight::Open,
    })
}

/// Whether the role does not see when something was done.
fn hides_follow_ups(viewer: &Viewer) -> bool {
    let scheme = viewer.scheme();
    let rule = scheme.tasks.follow_ups.as_ref();
    rule.is_some_and(|rule| {
        let date = scheme.events[rule.sheet].date;
        viewer.sights.of_events.contains(&(rule.sheet, date))
    })
}

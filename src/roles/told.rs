//! What a role is told of findings: how many there are. What they say quotes cells and names customers.

use crate::diagnostic::{Code, Finding, Severity};
use crate::text;

/// The findings of data as one that counts them; nothing if there are none.
pub fn withheld(findings: &[Finding]) -> Vec<Finding> {
    counted(findings, Severity::Note)
}

/// The same where the data is refused for them.
pub fn refused(findings: &[Finding]) -> Vec<Finding> {
    counted(findings, Severity::Error)
}

fn counted(findings: &[Finding], told_as: Severity) -> Vec<Finding> {
    let count = |severity| {
        let of_it = findings
            .iter()
            .filter(|finding| finding.severity == severity);
        of_it.count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings == 0 {
        return vec![];
    }
    let finding = Finding::note(
        Code::Withheld,
        text!(
            "findings that quote the data are not shown to a role: errors {errors}, warnings {warnings}",
            "引用原始数据的问题不对角色显示：错误 {errors} 个，警告 {warnings} 个"
        ),
    );
    let finding = Finding {
        severity: told_as,
        ..finding
    };
    vec![finding.help(text!(
        "who may see everything sees them without `--role`",
        "有权查看全部数据的人，去掉 `--role` 即可看到"
    ))]
}

//! The help of commands and options in Chinese. The English ones stand where commands and options are declared.

use super::Cli;
use clap::{Arg, Command, CommandFactory};
use regrade::diagnostic::Lang;

/// What regrade is.
const ABOUT: &str = "用现有的表格给客户评级，并说明理由";

/// What each command does. One below another is named with it, where both have one of the name.
const COMMANDS: &[(&str, &str)] = &[
    (
        "init",
        "生成带说明的 rules.toml 和待填的工作簿，可以从模板开始",
    ),
    (
        "inspect",
        "查看文件如何被读取：编码、工作表、表头行、列、类型、单位",
    ),
    (
        "check",
        "检查方案；给出文件时也检查数据，不给文件时统计台账中的客户",
    ),
    ("import", "把表格读入台账，并清洗、检查"),
    ("grade", "用文件、标准输入或台账给客户评级"),
    ("diff", "比较两个批次或评级文件：谁升级、谁降级，起因是什么"),
    (
        "simulate",
        "换一套方案给同样的数据评级：谁会变动，工作量、费用、收入怎样变",
    ),
    (
        "backtest",
        "用候选方案把过去各期重评一遍：升降、反复，以及等级能否预示其后的收入和流失",
    ),
    (
        "calibrate",
        "按想要的占比建议分界，都是整数；写出一份供查看的方案，不改任何东西",
    ),
    ("explain", "说明某个客户为何是这个等级"),
    (
        "review",
        "人工复核：读回复核列，设定和结束人工调整，处理待复核和建议",
    ),
    ("set", "设定某个客户的等级、类型或标签，或按清单批量设定"),
    ("clear", "结束人工调整，或不一致的复核意见"),
    ("confirm", "确认待复核客户的评级无误"),
    (
        "list",
        "列出人工调整、不一致的意见、待复核和调整建议，或待修正的行",
    ),
    ("accept", "接受调整建议：成为人工调整"),
    ("reject", "拒绝调整建议"),
    ("duplicates", "列出疑似重复的客户，或写出供人判断的工作簿"),
    ("merge", "判定两个客户是同一个"),
    ("apart", "判定两个客户不是同一个"),
    ("unmerge", "撤回对两个客户的判定"),
    (
        "report",
        "报告：客户构成、收入贡献、升降级、趋势、流失、行为、策略效果",
    ),
    (
        "tasks",
        "策略要求做的跟进：列成清单，或给每位负责人一份日历",
    ),
    (
        "notify",
        "给等级有变的客户或某一群客户写通知，每件事只通知一次",
    ),
    (
        "runs",
        "台账中的批次：列出、查看、客户沿革、导出；遗忘某个客户",
    ),
    ("runs list", "列出全部批次，最新的在前"),
    ("runs show", "一个批次由什么得出，升降多少客户"),
    ("runs history", "某个客户等级和类型的每次变动，以及人工调整"),
    ("runs export", "每个客户每个批次一行，输出 CSV 或 JSON 行"),
    ("runs forget", "遗忘某个客户：从台账中永久删除其全部数据"),
    ("runs verify", "检查评级工作簿是否被改动过"),
    ("backup", "在使用中备份台账；恢复备份"),
    ("completions", "输出命令行补全脚本"),
    ("man", "输出手册页"),
];

/// What each option and argument means, by its name in the program; behind its command's, where another has the name too.
const ARGUMENTS: &[(&str, &str)] = &[
    (
        "backtest files",
        "只有流水表的方案的文件；不写则用台账中的数据",
    ),
    (
        "backtest against",
        "现行方案，用来比较，或 @批次（该批次的方案）；不写则为最新批次的方案，或 `--set` 修改前的方案",
    ),
    (
        "backtest from",
        "从哪一期起重评：2024-01、2024-Q1；不写则从有数据的第一期起",
    ),
    (
        "backtest until",
        "到哪一期为止；不写则到最新数据导入时已结束的最后一期",
    ),
    ("shares", "想要的占比，从最高一档写起：'A=10%,B=30%'"),
    ("calibrate value", "比较哪个数，代替原条件所比较的"),
    ("dimension", "校准这个维度的各档，而不是等级"),
    ("tolerance", "某档连同以上各档的占比可以差多少个百分点"),
    ("back_within", "变动以后在这么多期内又变回相反方向，算反复"),
    ("ahead", "每个期末往后看多少期"),
    (
        "backtest amount",
        "以哪个指标所加总的流水为收入；不写则用 `[report] amount` 的指标，或第一个金额合计指标",
    ),
    (
        "between",
        "前后两个批次（@previous @latest），或只写后一个；不写则为最新批次与它之前的批次",
    ),
    ("moved", "通知什么的变动：grade（等级）或 type（类型）"),
    (
        "occasions",
        "只通知这些：upgraded（升级）、downgraded（降级）、changed（改变）、new（首次）；不写则除 new 以外都通知",
    ),
    (
        "campaign",
        "活动编号：通知 `--where` 选出的每位客户，同一编号只通知一次",
    ),
    (
        "of_campaign",
        "`notify` 的一次活动：从选客户的批次到这一批次，已通知的与未通知的按等级对比",
    ),
    ("segment", "只通知满足该条件的客户"),
    ("template", "模板文件，代替方案中写的模板"),
    (
        "form",
        "通知写成什么：eml（邮件）、text（信）或 sms（短信）；不写则为 eml",
    ),
    (
        "holdout",
        "活动中抽签留出不通知、用来对照的客户比例，如 10%",
    ),
    ("once_more", "把以前写过的通知再写一遍，不重复记录"),
    (
        "rules",
        "方案文件；不写则用 REGRADE_RULES，再没有就用当前文件夹的 rules.toml",
    ),
    (
        "run",
        "台账中的批次：@latest、@previous、@2024-03、编号或该批次的评级工作簿",
    ),
    (
        "previous",
        "上期评级文件（不用台账时）：客户原来的等级及起始日期，优先于表中的上期等级",
    ),
    (
        "against",
        "用来比较的方案，或 @批次（该批次的方案）；不写则为该批次自己的方案，或 `--set` 修改前的方案。写几个就并排对比，都与第一个比较",
    ),
    (
        "grid",
        "把方案中的一个值写成几种，逐一评级：grades.A.when='score >= {70..90:5}'，或列表 {a, b, c}；写两次就是两个值的表",
    ),
    (
        "figure",
        "网格显示什么：moved、upgraded、downgraded、unrated、hours、cost、share(A)、count(A)、revenue(A)；不写则为 moved（变动客户数）",
    ),
    (
        "simulate from_day",
        "计入从哪天起的任务；不写则为评级日的次日",
    ),
    (
        "simulate until_day",
        "计入到哪天为止的任务；不写则到该期的最后一天",
    ),
    (
        "asked",
        "先写期间（2024-Q3、2024-08、2024-07-01..2024-09-30），再写方案各表的文件；不写文件则用台账中的批次，不写期间则为截止日期之后的那一期",
    ),
    ("from_day", "从哪天起；代替期间"),
    ("until_day", "到哪天为止；代替期间"),
    ("all", "也列出已完成的"),
    ("source", "文件的来源；不写则用文件名去掉数字和日期"),
    (
        "covers",
        "流水文件覆盖的期间，无论其中有哪些行：2024-04、2024-Q1、2024-01..2024-06",
    ),
    ("again", "再次导入以前导入过的旧内容"),
    (
        "accept_jump",
        "这个字段的数值属实，尽管大多数客户的数变了 10 的几次方",
    ),
    (
        "ledger",
        "台账文件；不写则用 REGRADE_LEDGER，再没有就用方案旁的 regrade.db",
    ),
    ("kind", "列出哪一类；不写则列出等人决定的全部"),
    ("one", "一个客户的编号"),
    ("other", "另一个客户的编号"),
    ("lock_wait", "其他命令正在写台账时最多等待多少秒"),
    (
        "as_of",
        "评级日：2024-03-31、today 或 prev-month-end；不写则为今天",
    ),
    ("output", "输出到哪里；`-` 为标准输出，可多次给出"),
    ("format", "格式（默认由输出文件的扩展名决定）"),
    ("quiet", "一切正常时不输出信息"),
    (
        "verbose",
        "列出每条问题的全部位置，并说明文件为何整份读入内存",
    ),
    ("color", "何时使用颜色"),
    ("lang", "信息和输出的语言"),
    (
        "role",
        "只输出该角色可见的内容：方案中的角色，或 internal、external",
    ),
    ("role_key", "角色假名的密钥文件；不写则用角色的 key_file"),
    ("start", "从这个模板开始；`--list` 列出各个模板的用途"),
    ("sample", "把例子的数据填进模板的工作簿，可以马上评级"),
    ("templates", "列出模板"),
    ("new_role_key", "只生成一个角色假名的密钥文件，仅本人可读"),
    (
        "changed",
        "只要等级、类型或标签与上一批次不同的客户，以及新客户",
    ),
    ("dry_run", "只计算，不写任何文件"),
    (
        "summary_json",
        "把本次的汇总数字写成 JSON：用于 grade、import、check、diff、simulate",
    ),
    ("by", "操作人；不写则用 REGRADE_BY，再没有就用登录名"),
    (
        "report by_field",
        "再按这些统计客户：字段、维度、值，或日期的 month(x)、quarter(x)、year(x)；写几个就是交叉表",
    ),
    (
        "what",
        "批次（@latest、@2024-03、编号）、有批次的期间（2024-03、2024-Q2、2024），或方案各表的文件（同 `grade`）；不写则为最新批次",
    ),
    (
        "set",
        "本次运行临时修改方案中的一个值：grades.A.when='score >= 75'",
    ),
    (
        "encoding",
        "文本文件的编码（默认自动识别）：utf-8、gb18030、utf-16le、big5 等",
    ),
    ("header_row", "表头所在行（默认自动查找）"),
    ("delimiter", "文本文件的分隔符（默认自动识别）"),
    ("password_file", "第一行为工作簿密码的文件"),
    (
        "encrypt_password_file",
        "给输出的工作簿加密：第一行为密码的文件",
    ),
    (
        "read_memory",
        "读取一个工作簿最多使用多少 MiB 内存（默认 512）；其他限制随之放宽",
    ),
    ("condition", "只显示满足该条件的客户"),
    (
        "columns",
        "显示哪些列：'列名 = 表达式'，用逗号分隔；`*` 表示输入的各列",
    ),
    (
        "fail_on",
        "若该条件成立则不写结果并以 1 退出，如 'downgraded > 0.05'",
    ),
    ("strict", "有未评级客户、待修正数据或警告时以 1 退出"),
    (
        "plain",
        "工作簿只写一张表（评级明细），逐行写出，客户再多内存也不随表增长",
    ),
    ("bom", "CSV 文件开头是否写 BOM（Excel 和 WPS 靠它识别中文）"),
    ("customer", "客户编号，或完整的客户名称"),
    ("shift", "值增减这么多，等级是否不变，如 2%"),
    ("explain all", "全体客户：值增减这么多，有多少等级会变"),
    ("rows", "显示多少行：数字或 all"),
    (
        "starter",
        "写出这些文件在方案中的一节，核对后放进 rules.toml",
    ),
    (
        "run",
        "批次：编号或其开头、@latest、@previous、@2024-03 这样的时间，或评级工作簿",
    ),
    ("who", "客户编号"),
    ("runs", "批次，写法同 `runs show`；不写则导出全部"),
    (
        "path",
        "备份文件，或存放备份的文件夹（文件名带日期）；不写则存在台账所在的文件夹",
    ),
    ("keep", "文件夹中保留最新的多少份备份，删除更早的"),
    ("restore", "用这份备份恢复台账；原台账另存"),
    ("folder", "文件夹（默认当前文件夹）"),
    ("shell", "哪种 shell"),
    ("command", "命令名；不写则为 regrade 本身"),
    (
        "workbooks",
        "填过的工作簿，或其工作表另存的 CSV：评级工作簿（复核列）、修正表、疑似重复客户表",
    ),
    ("to_grade", "等级"),
    ("to_type", "类型"),
    ("to_tag", "标签"),
    (
        "floor",
        "不低于该级，规则仍可升级；所设等级高于规则等级时默认如此",
    ),
    ("lock", "只能是该级；对标签则为加上。其他情况默认如此"),
    ("ceiling", "不高于该级；对标签则为去掉"),
    ("reason", "理由"),
    ("until", "有效期的最后一天"),
    ("review_on", "何时再复查"),
    (
        "from",
        "批量清单：客户编号、等级（或类型、标签）、原因各列，需要时加调整方式、调整人、有效期至、复查日期",
    ),
    ("of_grade", "等级的人工调整"),
    ("of_type", "类型的人工调整"),
    ("of_tag", "该标签的人工调整"),
    ("review_rule", "复核规则的名称；不写则为全部"),
    ("number", "调整建议的序号，见 `review list`"),
    ("help", "显示帮助"),
    ("version", "显示版本"),
    (
        "files",
        "方案各表的文件；`表=文件` 指明是哪张表，`文件[工作表]` 指明工作表，`-` 为标准输入",
    ),
    ("file", "文件"),
    (
        "old",
        "对比前的批次（@previous、@2024-03 或编号）或评级文件，`文件[工作表]` 指明工作表，`-` 为标准输入",
    ),
    ("new", "对比后的批次（如 @latest）或评级文件"),
    ("on", "比较什么：grade（等级）、type（类型）或维度名"),
    ("key", "客户编号所在的列"),
    ("grade", "等级（或 `--on` 所指内容）所在的列"),
    ("amount", "金额所在的列，用于按金额汇总"),
    (
        "levels",
        "全部等级，从高到低：'A,B,C'；不写则用方案中的顺序",
    ),
    (
        "only",
        "只列出这些变动：downgraded、upgraded、changed、unrated、new、absent、refused、unchanged",
    ),
    ("exit_code", "有任何变动时以 1 退出"),
    ("plain", "工作簿只有评级明细一张表，内存不随行数增长"),
];

/// The command line in a language.
pub fn command(lang: Lang) -> Command {
    let command = Cli::command();
    match lang {
        Lang::En => command,
        Lang::Zh => in_chinese(command).about(ABOUT),
    }
}

fn in_chinese(mut command: Command) -> Command {
    // Building adds the options of the parent and `--help`, which get their texts here too.
    command.build();
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        let full = format!("{} {name}", command.get_name());
        let about = [full, name.clone()]
            .iter()
            .find_map(|name| COMMANDS.iter().find(|(known, _)| known == name))
            .map(|(_, about)| *about);
        command = command.mut_subcommand(name, |sub| {
            let sub = in_chinese(sub);
            match about {
                Some(about) => sub.about(about),
                None => sub,
            }
        });
    }
    let name = command.get_name().to_owned();
    command
        .mut_args(|found| argument(found, &name))
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
}

fn argument(argument: Arg, command: &str) -> Arg {
    let heading = if argument.is_positional() {
        "参数"
    } else {
        "选项"
    };
    let id = argument.get_id().as_str();
    let full = format!("{command} {id}");
    let help = [full.as_str(), id]
        .iter()
        .find_map(|name| ARGUMENTS.iter().find(|(known, _)| known == name))
        .map(|(_, help)| *help);
    let argument = argument.help_heading(heading);
    match help {
        Some(help) => argument.help(help),
        None => argument,
    }
}

/// The language that the command line is to be shown in: the one that `--lang` names, else the locale's. Read before
/// the arguments are parsed, because help is given while they are.
pub fn language() -> Lang {
    // An argument that is no UTF-8 is told by the parser; here it is only not the language.
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let named = arguments.iter().enumerate().find_map(|(index, argument)| {
        match argument.strip_prefix("--lang") {
            Some("") => arguments.get(index + 1).map(String::as_str),
            Some(value) => value.strip_prefix('='),
            None => None,
        }
    });
    match named {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => super::screen::locale(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_has_a_chinese_text() {
        fn check(command: &Command, missing: &mut Vec<String>) {
            let has_chinese = |text: Option<String>| text.is_some_and(|text| !text.is_ascii());
            for argument in command.get_arguments() {
                if !has_chinese(argument.get_help().map(ToString::to_string)) {
                    missing.push(format!("{} {}", command.get_name(), argument.get_id()));
                }
            }
            for sub in command.get_subcommands() {
                if !has_chinese(sub.get_about().map(ToString::to_string)) {
                    missing.push(sub.get_name().to_owned());
                }
                check(sub, missing);
            }
        }
        let mut missing = vec![];
        check(&command(Lang::Zh), &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn the_command_line_is_well_formed_in_both_languages() {
        command(Lang::En).debug_assert();
        command(Lang::Zh).debug_assert();
    }
}

//! Why not: the closed list of refusals, with a message in the language of who asked.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::party::Language;
use crate::words::{Bilingual, state};

/// Behind the name of a value: the value for a Chinese message.
const IN_CHINESE: &str = "_zh";
/// Values that are codes of states, named in words.
const STATES: [&str; 2] = ["status", "state"];

/// A refusal: a code, the place in the input, and the values that the message names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code, stable for programs.
    pub code: RefusalCode,
    /// The path of the input field that is at fault, empty when it is the whole command.
    pub field: Vec<String>,
    /// Values for the message's `{name}` places.
    pub params: Vec<(Cow<'static, str>, String)>,
}

impl Refusal {
    /// A refusal of the whole command.
    #[must_use]
    pub const fn new(code: RefusalCode) -> Self {
        Self { code, field: Vec::new(), params: Vec::new() }
    }

    /// A refusal of one input field; dots separate the steps of its path.
    #[must_use]
    pub fn at(code: RefusalCode, field: &str) -> Self {
        let field = field.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        Self { code, field, params: Vec::new() }
    }

    /// Names a value in the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    /// Names a value that has words in each language.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, en: &str, zh: &str) -> Self {
        self.params.push((Cow::Borrowed(name), en.to_owned()));
        self.params.push((Cow::Owned(format!("{name}{IN_CHINESE}")), zh.to_owned()));
        self
    }

    /// Says why, in English and Chinese, at the message's `{why}`.
    #[must_use]
    pub fn because(self, en: &str, zh: &str) -> Self {
        self.with_words("why", en, zh)
    }

    /// Says what would be right, in English and Chinese, at the message's `{expected}`.
    #[must_use]
    pub fn expecting(self, en: &str, zh: &str) -> Self {
        self.with_words("expected", en, zh)
    }

    /// Puts steps before the field's path, for inputs nested in lists.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        let mut field: Vec<String> = prefix.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        field.append(&mut self.field);
        self.field = field;
        self
    }

    /// The sentence in each language.
    #[must_use]
    pub fn words(&self) -> Bilingual {
        (self.message(Language::En), self.message(Language::Zh)).into()
    }

    /// The sentence for the person who asked.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (en, zh) = self.code.sentences();
        let template = match language {
            Language::En => en,
            Language::Zh => zh,
        };
        let param = |name: &str| self.params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        // In one pass: a value may look like a place for another.
        let mut message = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, (name, behind))) =
            rest.split_once('{').and_then(|(before, place)| Some((before, place.split_once('}')?)))
        {
            let chinese = param(&format!("{name}{IN_CHINESE}")).filter(|_| language == Language::Zh);
            let value = chinese.or_else(|| param(name)).unwrap_or_default();
            message.push_str(before);
            message.push_str(&if STATES.contains(&name) { state(value, language) } else { value.into() });
            rest = behind;
        }
        message.push_str(rest);
        message
    }
}

impl RefusalCode {
    /// Whether it says that this person may not do this, or not see it: an operator looks for such entries in the log
    /// after an attempted intrusion.
    #[must_use]
    pub const fn is_denial(self) -> bool {
        matches!(
            self,
            Self::NotFound
                | Self::RoleNotAllowed
                | Self::NotResponsible
                | Self::FourEyes
                | Self::NotYourFinding
                | Self::NotYourPhoto
        )
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self::new(code)
    }
}

/// Declares the codes together with their sentences, so that none can lack one.
macro_rules! refusals {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $en:literal, $zh:literal;)+) => {
        string_enum! {
            /// Why a command is refused. Clients need a branch for codes that they do not know.
            pub enum RefusalCode { $($(#[$meta])* #[doc = $en] $variant = $code,)+ }
        }

        impl RefusalCode {
            /// The message's sentence in English and Chinese; `{name}` stands for a value.
            const fn sentences(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($en, $zh),)+ }
            }
        }
    };
}

refusals! {
    NotFound = "NOT_FOUND", "There is no such object, or you may not see it.", "没有此对象，或您无权查看。";
    RoleNotAllowed = "ROLE_NOT_ALLOWED", "Your role may not do this.", "您的角色无权执行此操作。";
    NotResponsible = "NOT_RESPONSIBLE", "Only the responsible company may do this.", "只有责任单位可以执行此操作。";
    FourEyes = "FOUR_EYES", "Whoever is of the responsible company never judges its own work, takes it back or changes its terms.", "责任单位人员不能复验、撤回本单位负责的问题，也不能更改其条件。";
    NotYourFinding = "NOT_YOUR_FINDING", "This can be done only for your own findings.", "只能对您本人提出的问题执行此操作。";
    NotYourPhoto = "NOT_YOUR_PHOTO", "Only whoever took the photo, or the same company, may do this.", "只有拍摄者本人或其所在单位可以执行此操作。";
    NotYourCompany = "NOT_YOUR_COMPANY", "This can be done only for people of your own company, or for the first person of a company that has none.", "只能对本单位人员执行此操作，或为尚无人员的单位加入第一人。";
    OwnRole = "OWN_ROLE", "You cannot change or end your own role or ownership; another person who may do so must.", "您不能更改或终止自己的角色或业主身份，须由其他有权人员办理。";
    LastManager = "LAST_MANAGER", "A project needs at least one delivery manager who can sign in; name another one first.", "项目至少需要一名可以登录的交付经理，请先指定另一名。";
    RoleNotOfCompany = "ROLE_NOT_OF_COMPANY", "This role does not exist in a company of this kind.", "该类单位没有此角色。";
    AlreadyMember = "ALREADY_MEMBER", "This person already has a role in the project.", "此人在本项目中已有角色。";
    AlreadyOwner = "ALREADY_OWNER", "This person is already an owner of the unit.", "此人已是该户业主。";
    Ended = "ENDED", "This has already ended.", "此项已终止。";
    ActedForOtherParty = "ACTED_FOR_OTHER_PARTY", "You have already acted here for another party; another person of your company must do this.", "您曾代表另一方在此处理，须由贵单位其他人员办理。";
    WrongState = "WRONG_STATE", "This is not possible while the status is {status}.", "当前状态（{status}）下不能执行此操作。";
    OnHold = "ON_HOLD", "The defect is on hold; resume it first.", "该问题已挂起，请先恢复。";
    NotOnHold = "NOT_ON_HOLD", "The defect is not on hold.", "该问题未挂起。";
    AlreadyJudged = "ALREADY_JUDGED", "Your party has already given its verdict on this attempt.", "贵方已对本次整改作出复验结论。";
    Merged = "MERGED", "The defect was merged into another; unmerge it first.", "该问题已合并，请先取消合并。";
    RepairReported = "REPAIR_REPORTED", "A repair was reported already; the finding can no longer be withdrawn.", "已有整改记录，不能再撤回该问题。";
    NotMerged = "NOT_MERGED", "The defect is not merged into another.", "该问题未被合并。";
    SameDefect = "SAME_DEFECT", "A defect cannot be a duplicate of itself.", "问题不能与自身重复。";
    OwnersFinding = "OWNERS_FINDING", "An owner found this, wrote about it or photographed it; it stays in the owner's home.", "该问题由业主发现、留言或拍照，须保留在该业主的房屋中。";
    OtherUnit = "OTHER_UNIT", "Both must be of the same unit.", "两者必须属于同一户。";
    ReasonRequired = "REASON_REQUIRED", "A reason is required.", "请填写原因。";
    PhotoRequired = "PHOTO_REQUIRED", "At least one after-photo is required.", "至少需要一张整改后照片。";
    PhotoUnusable = "PHOTO_UNUSABLE", "This photo cannot be used here: it must be of this defect and this stage, and neither rejected nor withdrawn.", "该照片不能用于此处：须属于该问题和该阶段，且未被拒绝或撤回。";
    DuplicateOfRequired = "DUPLICATE_OF_REQUIRED", "Say of which defect it is a duplicate.", "请指明与哪个问题重复。";
    CompanyRequired = "COMPANY_REQUIRED", "Name the responsible company.", "请指定责任单位。";
    SameCompany = "SAME_COMPANY", "This company is responsible already; uphold the assignment, or name another one.", "该单位已是责任单位；请维持原派单，或指定其他单位。";
    NotAContractor = "NOT_A_CONTRACTOR", "The responsible company must be a contractor of this project.", "责任单位必须是本项目的施工单位。";
    NotOfCompany = "NOT_OF_COMPANY", "The assignee must be staff of the responsible company.", "整改人必须是责任单位人员。";
    StaleVersion = "STALE_VERSION", "It has changed meanwhile: you knew version {expected}, it is now {current}.", "对象已被更改：您的版本为 {expected}，当前版本为 {current}。";
    IdReused = "ID_REUSED", "This id was already used for something else.", "该标识已用于其他内容。";
    InvalidId = "INVALID_ID", "A new object's id must be a UUID of version 7.", "新对象的标识必须是第 7 版 UUID。";
    InvalidCode = "INVALID_CODE", "{value} is not known here; expected: {expected}.", "未知代码 {value}；应为：{expected}。";
    InvalidValue = "INVALID_VALUE", "This value is not possible: {why}.", "该值无效：{why}。";
    TextRequired = "TEXT_REQUIRED", "This text is required.", "此项必填。";
    TextTooLong = "TEXT_TOO_LONG", "This text is too long; at most {limit} characters.", "文字过长，最多 {limit} 个字符。";
    TextInvalid = "TEXT_INVALID", "This text has characters in it that are not possible here: control characters, or, in a name, line breaks or format characters.", "文字包含此处不允许的字符：控制字符，或名称中的换行、格式字符。";
    TooMany = "TOO_MANY", "Too many at once; at most {limit}.", "一次数量过多，最多 {limit} 个。";
    OccurredInFuture = "OCCURRED_IN_FUTURE", "The time lies in the future; check the device's clock.", "时间晚于当前时间，请检查设备时钟。";
    PinOutside = "PIN_OUTSIDE", "A pin lies between 0 and 1 in both directions.", "图钉坐标必须在 0 到 1 之间。";
    PlanMissing = "PLAN_MISSING", "The unit's type has no such plan.", "该户型没有此平面图。";
    RoomNotInUnit = "ROOM_NOT_IN_UNIT", "The room is not of this unit.", "该房间不属于此户。";
    #[cfg_attr(feature = "graphql", graphql(deprecation = "No command answers it: the part is taken, and a note tells it."))]
    PartNotInRoom = "PART_NOT_IN_ROOM", "The defect type does not belong to this part.", "问题类型与部位不符。";
    RoundNotOpen = "ROUND_NOT_OPEN", "The round is not open.", "该轮次未开放。";
    NothingInScope = "NOTHING_IN_SCOPE", "The round has no units.", "该轮次没有任何户。";
    NumberTaken = "NUMBER_TAKEN", "This number is already taken.", "该编号已被占用。";
    CodeTaken = "CODE_TAKEN", "This code is already taken.", "该编码已被占用。";
    LoginTaken = "LOGIN_TAKEN", "This login is already taken.", "该账号已被占用。";
    RuleTaken = "RULE_TAKEN", "There is already a rule for this trade, building and kind of unit; change that one.", "该工种、楼栋与户类已有派单规则，请修改该规则。";
    PartyNotRequired = "PARTY_NOT_REQUIRED", "Your party does not sign in this round.", "本轮次无需贵方签字。";
    AlreadySigned = "ALREADY_SIGNED", "Your party has already signed.", "贵方已签字。";
    ResultsMissing = "RESULTS_MISSING", "{count} mandatory results are still missing.", "尚缺 {count} 项必检结果。";
    DefectMissing = "DEFECT_MISSING", "A failed item needs at least one defect.", "不合格项至少需要一条问题记录。";
    ContentChanged = "CONTENT_CHANGED", "The content is no longer what you were shown; read it again before signing.", "内容已变化，请重新阅读后再签字。";
    ReadingsInvalid = "READINGS_INVALID", "The readings cannot be judged: {why}.", "测量数据无法判定：{why}。";
    NoOwner = "NO_OWNER", "Nobody owns this unit; enter an owner first.", "该户尚无业主，请先登记业主。";
    BlockersNeedReason = "BLOCKERS_NEED_REASON", "{count} defects that block delivery are open in this unit; say why it is opened all the same.", "该户仍有 {count} 个影响交付的问题未关闭；请说明为何仍向业主开放。";
    OverrulesReadings = "OVERRULES_READINGS", "The readings say otherwise; say in a note why this result counts, or measure again.", "与实测数据不符；请在备注中说明原因，或重新测量。";
    NotABlocker = "NOT_A_BLOCKER", "The unit has no such blocker now.", "该户当前没有此阻碍项。";
    PhotoTooLarge = "PHOTO_TOO_LARGE", "The photo is too large; at most {limit} bytes.", "照片过大，最多 {limit} 字节。";
    PhotoTooManyPixels = "PHOTO_TOO_MANY_PIXELS", "The photo has too many pixels; at most {limit}.", "照片像素过多，最多 {limit} 像素。";
    PhotoTypeUnsupported = "PHOTO_TYPE_UNSUPPORTED", "Photos are JPEG, PNG, WebP or HEIC, video clips MP4 or QuickTime.", "照片格式须为 JPEG、PNG、WebP 或 HEIC，视频须为 MP4 或 QuickTime。";
    PhotoNotThere = "PHOTO_NOT_THERE", "The photo's bytes have not arrived; upload them first.", "照片尚未上传，请先上传。";
    PhotoMismatch = "PHOTO_MISMATCH", "The uploaded bytes are not what was declared; upload them again.", "上传内容与声明不符，请重新上传。";
    PhotosMissing = "PHOTOS_MISSING", "{count} photos that this repair declares have not arrived; they must be uploaded or written off first.", "本次整改声明的 {count} 张照片尚未上传，须先上传或核销。";
    PhotoNotMissing = "PHOTO_NOT_MISSING", "The photo is not missing: its state is {state}.", "该照片并未缺失：当前状态为 {state}。";
    PhotoNotReady = "PHOTO_NOT_READY", "This is possible only with a photo that is ready: its state is {state}.", "只能对已就绪的照片执行此操作：当前状态为 {state}。";
    PhotoInAttempt = "PHOTO_IN_ATTEMPT", "This photo belongs to a reported repair and cannot be moved; the delivery manager may withdraw it.", "该照片属于已上报的整改，不能移动；可由交付经理撤回。";
    ShownToOwner = "SHOWN_TO_OWNER", "The owner can already see this photo; only the delivery manager may change it now.", "业主已可查看该照片，现在只有交付经理可以更改。";
    StoreUnavailable = "STORE_UNAVAILABLE", "The photo store cannot be reached now; try again.", "照片存储暂时不可用，请稍后重试。";
    SignInFailed = "SIGN_IN_FAILED", "Login or password is wrong.", "账号或密码错误。";
    SignInSlowed = "SIGN_IN_SLOWED", "Too many failed attempts; try again in {seconds} seconds.", "失败次数过多，请在 {seconds} 秒后重试。";
    MovedOn = "MOVED_ON", "The defect has moved on since you saw it; its status is now {status}.", "您看到之后该问题已有进展；当前状态为 {status}。";
    FieldChanged = "FIELD_CHANGED", "Somebody else has changed the same meanwhile.", "他人已更改同一内容。";
    OperationIdReused = "OPERATION_ID_REUSED", "This operation id was already used for something else.", "该操作标识已用于其他内容。";
    OperationUnreadable = "OPERATION_UNREADABLE", "The server cannot read this operation: {why}.", "服务器无法识别此操作：{why}。";
    DependencyFailed = "DEPENDENCY_FAILED", "It needs what operation {operation} was to do, which was refused.", "依赖的操作 {operation} 已被拒绝。";
    TryAgain = "TRY_AGAIN", "The server could not do this now; send it again.", "服务器暂时无法处理，请重新发送。";
    ServerFault = "SERVER_FAULT", "The server failed at this, and it is not to blame; nothing was done. Keep it, and send it again once the server was mended.", "服务器在处理此操作时出错，与该操作本身无关；未做任何更改。请保留，待服务器修复后重新发送。";
    QuotaExceeded = "QUOTA_EXCEEDED", "The quota of the day is used up: {why}.", "当日配额已用完：{why}。";
    AlreadySettled = "ALREADY_SETTLED", "This was settled already: {state}.", "此项已处理：{state}。";
    DevicesNotSynced = "DEVICES_NOT_SYNCED", "Not all devices of this inspection have synced: {why}.", "仍有设备未同步：{why}。";
    NoChannel = "NO_CHANNEL", "There is no e-mail address and no number on file by which this person can be reached.", "该人员没有可用于联系的邮箱或手机号码。";
    SessionExpired = "SESSION_EXPIRED", "The session has ended; sign in again.", "会话已结束，请重新登录。";
    LinkInvalid = "LINK_INVALID", "This link is not valid: it was used, has expired or was withdrawn. Ask for a new one.", "此链接无效：已使用、已过期或已撤回。请索取新的链接。";
    CodeInvalid = "CODE_INVALID", "The code is wrong, or it was used or is over 5 minutes old.", "验证码错误，或已使用，或已超过 5 分钟。";
    CodeLimit = "CODE_LIMIT", "So many codes were sent that the next one can be sent in {seconds} seconds only.", "验证码发送次数过多，请在 {seconds} 秒后再获取。";
    UnitSession = "UNIT_SESSION", "You are signed in by the link of a home; this is possible only after a sign-in with login and password.", "您是通过房屋链接登录的；此操作须使用账号和密码登录后进行。";
    SignInFirst = "SIGN_IN_FIRST", "Choose a password, or sign in with the account that the link is for.", "请设置密码，或先登录此链接所属的账号。";
    PasswordWrong = "PASSWORD_WRONG", "The current password is wrong.", "当前密码错误。";
    ImportRunning = "IMPORT_RUNNING", "Your previous import is still being done; wait until it has ended.", "您的上一次导入仍在进行，请等待其完成。";
    ImportInvalid = "IMPORT_INVALID", "{message}", "{message}";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_values() {
        let refusal = Refusal::at(RefusalCode::TextTooLong, "a.b").with("limit", 4_000).under("operations.3");
        assert_eq!(refusal.message(Language::En), "This text is too long; at most 4000 characters.");
        assert_eq!(refusal.field, ["operations", "3", "a", "b"]);
    }

    /// The places of a sentence.
    fn places(sentence: &str) -> Vec<&str> {
        sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn no_message_has_english_inside_chinese_or_a_raw_code() {
        for &code in RefusalCode::ALL {
            let (en, zh) = code.sentences();
            let mut names = places(en);
            names.sort_unstable();
            let mut in_chinese = places(zh);
            in_chinese.sort_unstable();
            assert_eq!(names, in_chinese, "{code}");
            // Values that a client repeats, and values in a file, are quoted unchanged.
            let mut refusal = Refusal::new(code);
            for name in names {
                refusal = match name {
                    "why" => refusal.because("the reason", "原因"),
                    "expected" if code == RefusalCode::InvalidCode => {
                        refusal.expecting("a code of the list", "清单中的代码")
                    }
                    "status" | "state" => {
                        refusal.with(if name == "status" { "status" } else { "state" }, "IN_PROGRESS")
                    }
                    name => {
                        let known = [
                            "expected",
                            "current",
                            "limit",
                            "count",
                            "seconds",
                            "value",
                            "operation",
                            "devices",
                            "message",
                        ];
                        let name = known.into_iter().find(|known| *known == name).expect("a known name");
                        refusal.with(name, 7)
                    }
                };
            }
            let (en, zh) = (refusal.message(Language::En), refusal.message(Language::Zh));
            let words = ["UUID", "JPEG", "PNG", "WebP", "HEIC", "QuickTime", "MP4"];
            let without = |text: &str| words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
            let zh_rest = without(&zh);
            assert!(!zh_rest.chars().any(|c| c.is_ascii_alphabetic()), "{code}: {zh}");
            assert!(!without(&en).contains('_') && !en.contains("IN PROGRESS"), "{code}: {en}");
            assert!(!en.contains(['{', '}']) && !zh.contains(['{', '}']), "{code}");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays_as_it_is() {
        let refusal = Refusal::new(RefusalCode::InvalidCode).with("value", "{expected}").expecting("a code", "代码");
        assert_eq!(refusal.message(Language::En), "{expected} is not known here; expected: a code.");
        assert_eq!(refusal.message(Language::Zh), "未知代码 {expected}；应为：代码。");
    }

    #[test]
    fn a_state_is_told_in_words() {
        let refusal = Refusal::new(RefusalCode::WrongState).with("status", "IN_PROGRESS");
        assert_eq!(refusal.message(Language::En), "This is not possible while the status is in progress.");
        assert_eq!(refusal.message(Language::Zh), "当前状态（进行中）下不能执行此操作。");
    }

    #[test]
    fn a_reason_is_told_in_the_language_of_the_message() {
        let refusal = Refusal::at(RefusalCode::ReadingsInvalid, "readings").because("there are none", "没有读数");
        assert_eq!(refusal.message(Language::En), "The readings cannot be judged: there are none.");
        assert_eq!(refusal.message(Language::Zh), "测量数据无法判定：没有读数。");
    }
}

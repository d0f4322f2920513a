//! The people of the demo: companies of the four parties, their staff, and owners with their units.

use domain::{Party, Role};

use Party::{Contractor, Developer, Property, Supervisor};
use Role::{
    CustomerRelations, DeliveryManager, EscortInspector, RectificationLead, SiteEngineer, SupervisingEngineer, Worker,
};

/// A company.
pub(super) struct Company {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: Party,
}

/// One of the staff.
pub(super) struct Member {
    /// The login before the `@`.
    pub(super) nick: &'static str,
    pub(super) name: &'static str,
    pub(super) company: &'static str,
    pub(super) role: Role,
    pub(super) language: &'static str,
}

/// An owner with the owned units and the kind of each ownership.
pub(super) struct Owner {
    /// The login before the `@`.
    pub(super) nick: &'static str,
    pub(super) name: &'static str,
    pub(super) language: &'static str,
    pub(super) units: &'static [(&'static str, &'static str)],
}

/// The delivery manager of the developer, who sets the project up.
pub(super) const MANAGER: &str = "chen.jing";
/// Customer relations of the developer.
pub(super) const RELATIONS: &str = "liu.min";
/// The site engineers of the developer, who inspect and verify.
pub(super) const ENGINEERS: [&str; 2] = ["daniel.hartmann", "wang.lei"];
/// The supervising engineers, who inspect and verify for the supervisor.
pub(super) const SUPERVISORS: [&str; 2] = ["sun.lihua", "tom.becker"];
/// The property manager.
pub(super) const PROPERTY_MANAGER: &str = "lin.xiao";
/// The escort inspectors of the property service.
pub(super) const ESCORT: &str = "huang.li";

/// The companies.
pub(super) const COMPANIES: &[Company] = &[
    Company { code: "RIVER", name: "滨江置业 Riverside Development", kind: Developer },
    Company { code: "HENGTAI", name: "恒泰建设 Hengtai Construction", kind: Contractor },
    Company { code: "YAJU", name: "雅居装饰 Yaju Interiors", kind: Contractor },
    Company { code: "ANJIE", name: "安捷机电 Anjie Building Services", kind: Contractor },
    Company { code: "ZHENGYUAN", name: "正源监理 Zhengyuan Supervision", kind: Supervisor },
    Company { code: "HEYUE", name: "和悦物业 Heyue Property Services", kind: Property },
];

/// Their staff. The first of each role is the one that the page offers for its examples.
pub(super) const STAFF: &[Member] = &[
    member(MANAGER, "Chen Jing 陈静", "RIVER", DeliveryManager, "EN"),
    member(ENGINEERS[0], "Daniel Hartmann", "RIVER", SiteEngineer, "EN"),
    member(ENGINEERS[1], "Wang Lei 王磊", "RIVER", SiteEngineer, "ZH"),
    member(RELATIONS, "Liu Min 刘敏", "RIVER", CustomerRelations, "EN"),
    member("zhao.gang", "Zhao Gang 赵刚", "HENGTAI", RectificationLead, "EN"),
    member("sun.qiang", "Sun Qiang 孙强", "HENGTAI", Worker, "EN"),
    member("zhou.ming", "Zhou Ming 周明", "HENGTAI", Worker, "ZH"),
    member("wu.fang", "Wu Fang 吴芳", "YAJU", RectificationLead, "ZH"),
    member("marco.bianchi", "Marco Bianchi", "YAJU", Worker, "EN"),
    member("zheng.wei", "Zheng Wei 郑伟", "YAJU", Worker, "ZH"),
    member("he.jun", "He Jun 何军", "ANJIE", RectificationLead, "ZH"),
    member("ma.chao", "Ma Chao 马超", "ANJIE", Worker, "ZH"),
    member("guo.tao", "Guo Tao 郭涛", "ANJIE", Worker, "ZH"),
    member(SUPERVISORS[0], "Sun Lihua 孙丽华", "ZHENGYUAN", SupervisingEngineer, "EN"),
    member(SUPERVISORS[1], "Tom Becker", "ZHENGYUAN", SupervisingEngineer, "EN"),
    member(PROPERTY_MANAGER, "Lin Xiao 林晓", "HEYUE", Role::PropertyManager, "EN"),
    member(ESCORT, "Huang Li 黄丽", "HEYUE", EscortInspector, "ZH"),
];

/// The owners. The first has an opened unit with own findings.
pub(super) const OWNERS: &[Owner] = &[
    Owner { nick: "emma.clark", name: "Emma Clark", language: "EN", units: &[("1-1-202", "OWNER")] },
    Owner { nick: "zhang.wei", name: "Zhang Wei 张伟", language: "ZH", units: &[("1-1-301", "OWNER")] },
    Owner { nick: "li.na", name: "Li Na 李娜", language: "ZH", units: &[("1-1-301", "CO_OWNER")] },
    Owner {
        nick: "xu.hong",
        name: "Xu Hong 徐宏",
        language: "ZH",
        units: &[("1-1-403", "OWNER"), ("2-1-101", "OWNER")],
    },
    Owner { nick: "sofia.rossi", name: "Sofia Rossi", language: "EN", units: &[("1-1-501", "OWNER")] },
    Owner { nick: "yang.lin", name: "Yang Lin 杨琳", language: "ZH", units: &[("1-1-602", "OWNER")] },
    Owner { nick: "gao.feng", name: "Gao Feng 高峰", language: "ZH", units: &[("1-1-902", "OWNER")] },
    Owner { nick: "tang.yu", name: "Tang Yu 唐宇", language: "ZH", units: &[("2-2-303", "OWNER")] },
    Owner { nick: "deng.jie", name: "Deng Jie 邓洁", language: "ZH", units: &[("2-2-303", "PROXY")] },
];

const fn member(
    nick: &'static str,
    name: &'static str,
    company: &'static str,
    role: Role,
    language: &'static str,
) -> Member {
    Member { nick, name, company, role, language }
}

/// The whole login.
pub(super) fn login(nick: &str) -> String {
    format!("{nick}@riverside.example")
}

/// Whether a person writes Chinese.
pub(super) fn writes_chinese(nick: &str) -> bool {
    let staff = STAFF.iter().map(|member| (member.nick, member.language));
    staff.chain(OWNERS.iter().map(|owner| (owner.nick, owner.language))).any(|person| person == (nick, "ZH"))
}

/// The lead and the workers of a contractor.
pub(super) fn repair_team(company: &str) -> (&'static str, Vec<&'static str>) {
    let of = |role: Role| {
        STAFF.iter().filter(move |member| member.company == company && member.role == role).map(|member| member.nick)
    };
    (of(RectificationLead).next().unwrap_or(MANAGER), of(Worker).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_a_person_and_every_contractor_has_lead_and_workers() {
        for &role in Role::ALL.iter().filter(|role| **role != Role::Owner) {
            assert!(STAFF.iter().any(|member| member.role == role), "{role}");
        }
        for company in COMPANIES.iter().filter(|company| company.kind == Contractor) {
            let (lead, workers) = repair_team(company.code);
            assert!(lead != MANAGER && !workers.is_empty(), "{}", company.code);
        }
        assert!(STAFF.len() >= 12 && OWNERS.len() >= 8);
        assert!(STAFF.iter().any(|member| member.nick == PROPERTY_MANAGER && member.role == Role::PropertyManager));
    }
}

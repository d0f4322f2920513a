//! The parties of a handover, their roles, and the languages that people read.

string_enum! {
    /// A party to the handover. Staff belong to a company of one of the first four; customers to none.
    pub enum Party {
        /// Developer: plans, gates, adjudicates, sees everything.
        Developer = "DEVELOPER",
        /// Main or trade contractor: fixes defects.
        Contractor = "CONTRACTOR",
        /// Supervisor: inspects, verifies, signs.
        Supervisor = "SUPERVISOR",
        /// Property service: inspects as the future operator, escorts owners.
        Property = "PROPERTY",
        /// Owner, co-owner or proxy of a unit. Not a company.
        Customer = "CUSTOMER",
    }
}

string_enum! {
    /// What a person does in one project.
    pub enum Role {
        /// Developer's delivery manager: plans, gates, adjudicates, sees all.
        DeliveryManager = "DELIVERY_MANAGER",
        /// Developer's site engineer: dispatches and verifies.
        SiteEngineer = "SITE_ENGINEER",
        /// Developer's customer relations: talks to owners.
        CustomerRelations = "CUSTOMER_RELATIONS",
        /// Contractor's lead: accepts, assigns inside the company, disputes.
        RectificationLead = "RECTIFICATION_LEAD",
        /// Contractor's worker: fixes and photographs.
        Worker = "WORKER",
        /// Supervising engineer: inspects, verifies, signs.
        SupervisingEngineer = "SUPERVISING_ENGINEER",
        /// Property service's manager.
        PropertyManager = "PROPERTY_MANAGER",
        /// Property service's inspector, who also escorts owners.
        EscortInspector = "ESCORT_INSPECTOR",
        /// Owner, co-owner or proxy: only the own unit, only once it is opened.
        Owner = "OWNER",
    }
}

impl Role {
    /// The party that a person of this role belongs to.
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::DeliveryManager | Self::SiteEngineer | Self::CustomerRelations => Party::Developer,
            Self::RectificationLead | Self::Worker => Party::Contractor,
            Self::SupervisingEngineer => Party::Supervisor,
            Self::PropertyManager | Self::EscortInspector => Party::Property,
            Self::Owner => Party::Customer,
        }
    }
}

impl Role {
    /// The role in plain words, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::DeliveryManager => ("delivery manager", "交付经理"),
            Self::SiteEngineer => ("site engineer", "现场工程师"),
            Self::CustomerRelations => ("customer relations", "客户关系专员"),
            Self::RectificationLead => ("rectification lead", "整改负责人"),
            Self::Worker => ("worker", "施工人员"),
            Self::SupervisingEngineer => ("supervising engineer", "监理工程师"),
            Self::PropertyManager => ("property manager", "物业经理"),
            Self::EscortInspector => ("escort inspector", "陪验员"),
            Self::Owner => ("owner", "业主"),
        }
    }
}

string_enum! {
    /// A language that messages are written in.
    pub enum Language {
        /// English.
        En = "EN",
        /// Simplified Chinese.
        Zh = "ZH",
    }
}

impl Party {
    /// The party in plain words, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Developer => ("Developer", "建设单位"),
            Self::Contractor => ("Contractor", "施工单位"),
            Self::Supervisor => ("Supervisor", "监理单位"),
            Self::Property => ("Property service", "物业服务中心"),
            Self::Customer => ("Owner", "业主"),
        }
    }
}

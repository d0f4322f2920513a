//! The codes of units: the kinds of units, and the ways in which a person belongs to one.

string_enum! {
    /// What a unit is.
    pub enum UnitKind {
        /// 户: a home that is handed over to its owner.
        Residential = "RESIDENTIAL",
        /// 公区: lobby, stair, roof and other common parts.
        Common = "COMMON",
    }
}

string_enum! {
    /// As what a person belongs to a unit.
    pub enum OwnerKind {
        /// 业主.
        Owner = "OWNER",
        /// 共有人: co-owner.
        CoOwner = "CO_OWNER",
        /// 代理人: holds a power of attorney.
        Proxy = "PROXY",
    }
}

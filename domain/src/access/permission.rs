//! The permission catalogue, `module.action`. Those at the end belong to objects of host applications: the engine
//! carries them in roles and answers who has them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A name that is not in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a permission; the catalogue lists them all (`escalon organization permissions`)")]
pub struct UnknownPermission(String);

macro_rules! catalogue {
    ($($variant:ident = $name:literal: $what:literal),+ $(,)?) => {
        /// One thing that a role may allow.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Permission { $(#[doc = $what] $variant),+ }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, `module.action`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it allows, in words.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what),+ }
            }
        }

        impl FromStr for Permission {
            type Err = UnknownPermission;

            fn from_str(name: &str) -> Result<Self, UnknownPermission> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownPermission(name.chars().take(80).collect())),
                }
            }
        }
    };
}

catalogue! {
    TicketCreate = "ticket.create": "open tickets",
    TicketReadOwn = "ticket.read_own": "see tickets one requested, opened or is assigned",
    TicketReadAll = "ticket.read_all": "see every ticket of the organization",
    TicketEdit = "ticket.edit": "correct title, description, brand and fields",
    TicketPrioritize = "ticket.prioritize": "change a ticket's priority",
    TicketDeadline = "ticket.deadline": "set a ticket's deadline and the levels of the time to it",
    TicketAssign = "ticket.assign": "assign a ticket to a team or member",
    TicketComment = "ticket.comment": "comment where the requester reads it",
    TicketNote = "ticket.note": "write and read internal notes",
    TicketTag = "ticket.tag": "add and remove tags",
    TicketWait = "ticket.wait": "mark a ticket as waiting for somebody, and resume it",
    TicketResolve = "ticket.resolve": "propose a resolution",
    TicketAccept = "ticket.accept": "accept a proposed resolution",
    TicketReopen = "ticket.reopen": "reopen a processed, resolved or closed ticket",
    TicketClose = "ticket.close": "close a ticket",
    ProofSubmit = "proof.submit": "submit proof of work",
    ProofReview = "proof.review": "approve or reject somebody else's proof of work",
    EscalationCreate = "escalation.create": "raise an escalation",
    EscalationRead = "escalation.read": "see escalations",
    EscalationHandle = "escalation.handle": "assign, start, acknowledge, snooze and cancel escalations",
    EscalationResolve = "escalation.resolve": "resolve escalations",
    AlertReport = "alert.report": "report alerts, as sources do",
    AlertRead = "alert.read": "see alerts",
    AlertHandle = "alert.handle": "acknowledge and resolve alerts",
    SourceDefine = "source.define": "define what reports alerts",
    MaintenanceWindowDefine = "maintenance_window.define": "define maintenance windows",
    RoutingRuleDefine = "routing_rule.define": "define who is told of which alerts",
    AlertRuleDefine = "alert_rule.define": "define what reports alerts by itself",
    MemberRead = "member.read": "see the members of the organization",
    MemberInvite = "member.invite": "invite members",
    MemberSuspend = "member.suspend": "suspend and reinstate members",
    RoleGrant = "role.grant": "grant and revoke roles, up to one's own level",
    RoleDefine = "role.define": "define roles, up to one's own level",
    TeamDefine = "team.define": "define teams",
    TicketTypeDefine = "ticket_type.define": "define ticket types",
    OrganizationEdit = "organization.edit": "rename the organization and change its settings",
    AnalyticsView = "analytics.view": "see dashboards and reports",
    AuditView = "audit.view": "read the audit log and the event history",
    PersonalDataView = "personal_data.view": "see personal data unmasked",
    PrivacyForget = "privacy.forget": "forget members and customers, so that nobody can read any more who they were",
    ProjectionOperate = "projection.operate": "see lag and rebuild read models",
    EngineOperate = "engine.operate": "see how the engine is, and retry or skip what it cannot get past",
    NewsletterCreate = "newsletter.create": "host application: create newsletters",
    NewsletterRead = "newsletter.read": "host application: read newsletters",
    NewsletterUpdate = "newsletter.update": "host application: change newsletters",
    NewsletterDelete = "newsletter.delete": "host application: delete newsletters",
    NewsletterSend = "newsletter.send": "host application: send newsletters",
    CampaignCreate = "campaign.create": "host application: create campaigns",
    CampaignRead = "campaign.read": "host application: read campaigns",
    CampaignUpdate = "campaign.update": "host application: change campaigns",
    CampaignDelete = "campaign.delete": "host application: delete campaigns",
    SmsSend = "sms.send": "send text messages",
    SmsRead = "sms.read": "read text messages",
    SmsCampaignCreate = "sms.campaign_create": "host application: create text-message campaigns",
    SmsCampaignSend = "sms.campaign_send": "host application: send text-message campaigns",
    AiConfigRead = "ai.config_read": "host application: read the AI's configuration",
    AiConfigUpdate = "ai.config_update": "host application: change the AI's configuration",
    AiFaqManage = "ai.faq_manage": "host application: manage the AI's questions and answers",
    AiLearningView = "ai.learning_view": "host application: see what the AI learned",
    AiLearningTrain = "ai.learning_train": "host application: train the AI",
    InboxRead = "inbox.read": "read conversations",
    InboxReply = "inbox.reply": "answer conversations",
    InboxAssign = "inbox.assign": "assign conversations",
    RecordingRead = "recording.read": "listen to recordings",
    RecordingDownload = "recording.download": "download recordings",
    RecordingDelete = "recording.delete": "delete recordings",
    SettingsSystem = "settings.system": "host application: change system settings",
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Permission {
    type Error = UnknownPermission;

    fn try_from(name: String) -> Result<Self, UnknownPermission> {
        name.parse()
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.name().to_owned()
    }
}

//! Settings of what a person decides, and what its help lists.

use crate::model::ids::DeviceId;
use crate::model::request::DeviceType;
use crate::model::who::Who;
use crate::settings::given::Given;
use crate::settings::setting::Takes::Text;
use crate::settings::setting::{Command, Group, Setting, Usage, setting, switch};
use crate::settings::table::{self, CONNECT_TIMEOUT, LEDGER, TIMEOUT};
use crate::settings::values;

pub(in crate::settings) const USER: Setting<Who> = setting("USER", Text("USER"), values::who, "The user's ID, or a row (WAVE.csv:17) in place of all three; without it the devices that need a person are listed").optional();
pub(in crate::settings) const TYPE: Setting<DeviceType> = setting("TYPE", Text("TYPE"), Given::parse, "Type of the device: WHATSAPP, SMS, VOICE, EMAIL").optional();
pub(in crate::settings) const ADDRESS: Setting<String> = setting("ADDRESS", Text("ADDRESS"), |given| given.text().map(str::to_owned), "Its phone with the country code, or its mailbox").optional();
pub(in crate::settings) const IS_ABSENT: Setting<bool> = switch("--is-absent", "PingOne does not have the device: the next run asks for it once more").excludes("--is").of_one_call();
pub(in crate::settings) const IS: Setting<DeviceId> = setting("--is", Text("DEVICE_ID"), Given::parse, "It is the device with this ID").of_one_call();
pub(in crate::settings) const NOTE: Setting<String> = setting("--note", Text("TEXT"), |given| given.text().map(str::to_owned), "Why you know that; the ledger keeps it with your name").of_one_call();
pub(in crate::settings) const EVEN_IF_LISTED_OTHERWISE: Setting<bool> = switch("--even-if-listed-otherwise", "Write it down though PingOne lists it otherwise").of_one_call();

const WHICH: Group = Group { heading: None, settings: &[
    USER.about, TYPE.about, ADDRESS.about, IS_ABSENT.about, IS.about, NOTE.about, EVEN_IF_LISTED_OTHERWISE.about,
] };
const FILES: Group = Group { heading: table::FILES.heading, settings: &[LEDGER.about] };
const PACE: Group = Group { heading: table::PACE.heading, settings: &[TIMEOUT.about, CONNECT_TIMEOUT.about] };

pub(super) const USAGE: Usage = Usage {
    command: Command::Resolve,
    name: "resolve",
    help: "Let a person settle a device that no run settles",
    groups: &[WHICH, FILES, table::TENANT, PACE],
    examples: &[
        ("wavepair resolve", "lists the devices that need a person"),
        ("wavepair resolve wave.csv:17 --is-absent --note TEXT", "the next run asks for it again"),
        ("wavepair resolve USER SMS +15125551234 --is ID --note TEXT", "it is this one"),
    ],
};

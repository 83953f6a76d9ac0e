//! Settings that stand in the file of another program.

use crate::settings::given::Given;
use crate::settings::setting::Takes::Text;
use crate::settings::setting::{Setting, Variable, setting};

pub(in crate::settings) const PINGCLI_PROFILE: Setting<String> = setting("--pingcli-profile", Text("NAME"), |given: &Given| given.text().map(str::to_owned), "Profile of Ping CLI to take environment, client, secret and region from; - is the active one")
    .details("It is read from ~/.pingcli/config.yaml, or the file that `PINGCLI_CONFIG` names, which must be private and is never written. Each of these values has a variable, which wins over it. A secret that lies in a keychain is not read.")
    .variable("WAVEPAIR_PINGCLI_PROFILE", "profile of Ping CLI; `-` is the active one");

/// What names Ping CLI's file, as for Ping CLI itself.
pub(in crate::settings) const FILE: Variable = Variable { name: "PINGCLI_CONFIG", meaning: "Ping CLI's file, instead of ~/.pingcli/config.yaml" };

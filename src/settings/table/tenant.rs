//! Settings of a tenant: where it is, and who we are there.

use std::path::PathBuf;

use reqwest::Url;

use crate::model::ids::EnvironmentId;
use crate::model::secret::Secret;
use crate::pingone::credentials::ClientAuth;
use crate::pingone::grant::Bearer;
use crate::settings::address::{self, Region};
use crate::settings::given::Given;
use crate::settings::setting::{Group, Setting, group, option, path, switch, variable};
use crate::settings::values;

pub(in crate::settings) const HOME: Setting<EnvironmentId> = variable(
    "PINGONE_ENVIRONMENT_ID",
    "ID of the worker application's environment",
    Given::parse,
);
pub(in crate::settings) const CLIENT_ID: Setting<String> = variable(
    "PINGONE_CLIENT_ID",
    "the worker application's client ID",
    values::client_id,
);
pub(in crate::settings) const CLIENT_SECRET: Setting<Secret> = variable(
    "PINGONE_CLIENT_SECRET",
    "its client secret",
    values::client_secret,
);
pub(in crate::settings) const TOKEN: Setting<Bearer> = variable(
    "PINGONE_API_ACCESS_TOKEN",
    "an access token, instead of a client",
    values::token,
);
pub(in crate::settings) const REGION: Setting<Region> = option(
    "--region",
    "CODE",
    address::region,
    "Region: na, ca, eu, ap, au, sg",
)
.variable("PINGONE_REGION_CODE", "na, ca, eu, ap, au or sg");
pub(in crate::settings) const ENVIRONMENT: Setting<EnvironmentId> =
    option("--environment", "UUID", Given::parse, "Target environment")
        .variable(
            "WAVEPAIR_ENVIRONMENT",
            "environment of the users, where it is another one",
        )
        .default_described("PINGONE_ENVIRONMENT_ID");
pub(in crate::settings) const SECRET_FILE: Setting<PathBuf> = path(
    "--client-secret-file",
    "PATH",
    "File that holds the client secret",
)
.variable(
    "PINGONE_CLIENT_SECRET_FILE",
    "file that holds the client secret",
);
pub(in crate::settings) const CLIENT_AUTH: Setting<ClientAuth> = option(
    "--client-auth",
    "HOW",
    |given| given.one_of(&[("basic", ClientAuth::Basic), ("post", ClientAuth::Post)]),
    "How the client authenticates: basic, post",
)
.variable(
    "WAVEPAIR_CLIENT_AUTH",
    "how the client authenticates: basic, post",
)
.default("basic");
pub(in crate::settings) const API_URL: Setting<Url> = option(
    "--api-url",
    "URL",
    address::url,
    "API base, instead of the region's",
)
.variable("WAVEPAIR_API_URL", "API base, instead of the region's");
pub(in crate::settings) const TOKEN_URL: Setting<Url> = option(
    "--token-url",
    "URL",
    address::url,
    "Token endpoint, instead of the region's",
)
.variable(
    "WAVEPAIR_TOKEN_URL",
    "token endpoint, instead of the region's",
);
pub(in crate::settings) const CA_FILE: Setting<PathBuf> = path(
    "--ca-file",
    "PEM",
    "Private authority to trust besides the platform's, in PEM",
);
pub(in crate::settings) const NO_PROXY: Setting<bool> =
    switch("--no-proxy", "Do not use the proxy of HTTPS_PROXY");

/// Which tenant, and who we are there.
pub(in crate::settings) const TENANT: Group = group(
    Some("PingOne"),
    &[
        REGION.about,
        ENVIRONMENT.about,
        SECRET_FILE.about,
        CLIENT_AUTH.about,
        API_URL.about,
        TOKEN_URL.about,
        CA_FILE.about,
        NO_PROXY.about,
    ],
);

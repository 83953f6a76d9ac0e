#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wavepair_fuzz::json_error(data));

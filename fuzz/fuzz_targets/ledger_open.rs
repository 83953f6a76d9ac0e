#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wavepair_fuzz::ledger_open(data));

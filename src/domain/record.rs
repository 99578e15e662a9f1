//! placeholder until the gate's own file lands

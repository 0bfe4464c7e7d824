//! Preparing a desk in a clone that is a folder of the test.

//! A wire that remembers: TCP from a booth to the district, with every byte kept.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Forwards to the district and keeps what both sides said.
pub struct Proxy {
    address: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    /// Listens on a free loopback port and forwards every connection to `target`.
    ///
    /// # Panics
    /// If no port can be had.
    pub fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        std::thread::spawn(move || {
            for booth in listener.incoming().flatten() {
                let Ok(district) = TcpStream::connect(target) else {
                    continue;
                };
                pump(&booth, &district, &kept);
                pump(&district, &booth, &kept);
            }
        });
        Self { address, said }
    }

    /// Where booths are to send.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every byte so far, both directions.
    ///
    /// # Panics
    /// If a forwarding thread panicked.
    pub fn heard(&self) -> Vec<u8> {
        self.said
            .lock()
            .expect("no forwarding thread panics")
            .clone()
    }
}

fn pump(from: &TcpStream, to: &TcpStream, kept: &Arc<Mutex<Vec<u8>>>) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    let kept = Arc::clone(kept);
    std::thread::spawn(move || {
        let mut chunk = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut chunk) {
            kept.lock()
                .expect("no forwarding thread panics")
                .extend_from_slice(&chunk[..read]);
            if to.write_all(&chunk[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

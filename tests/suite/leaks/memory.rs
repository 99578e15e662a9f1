//! What a core image of the server holds after a list went through it: nothing of the list (decision 0014).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use vestibule::kernel::clock::{Clock, SystemClock};

use crate::support::browser::Browser;
use crate::support::demo::Demo;
use crate::support::oathtool;

/// Is in every row, in columns that are read and in columns that are not.
const PLANTED: &[u8] = b"kanari-77-entdeckt";

const CHUNK: usize = 1 << 16;
static ZEROS: [u8; CHUNK] = [0; CHUNK];

/// How often the planted value is in the memory of the server, and how many bytes were searched.
fn memory(demo: &Demo) -> (usize, u64) {
    let process = format!("/proc/{}", demo.child.id());
    let maps = std::fs::read_to_string(format!("{process}/maps")).unwrap();
    let mut memory = File::open(format!("{process}/mem")).unwrap();
    let (mut found, mut looked_at) = (0, 0);
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        let mut region = Vec::new();
        memory.seek(SeekFrom::Start(number(from))).unwrap();
        let mut chunk = vec![0; CHUNK];
        // A region may have gone since the list of regions was read.
        for _ in (number(from)..number(to)).step_by(CHUNK) {
            let read = memory.read(&mut chunk).unwrap_or(0);
            looked_at += read as u64;
            if chunk[..read] != ZEROS[..read] {
                region.extend_from_slice(&chunk[..read]);
            }
        }
        found += memchr::memmem::find_iter(&region, PLANTED).count();
    }
    (found, looked_at)
}

#[actix_web::test]
async fn r01_r02_neither_memory_nor_files_of_the_server_hold_anything_of_a_list() {
    if !oathtool::present() {
        return;
    }
    let demo = Demo::start();
    let story = demo.story().await;
    let text = |name: &str| story["operator"][name].as_str().unwrap().to_owned();
    let portal = story["portal"].as_str().unwrap().to_owned();
    let mut browser = Browser::new(Path::new(story["ca_file"].as_str().unwrap()), demo.address);
    let login = format!("{portal}/desk/login");
    let csrf = browser.get(&login).await.field("csrf").unwrap();
    let code = oathtool::code(&text("totp_secret"), SystemClock.now().unix_seconds());
    let (name, password) = (text("name"), text("password"));
    let fields = [
        ("identifier", name.as_str()),
        ("password", &password),
        ("code", &code),
        ("csrf", &csrf),
    ];
    assert_eq!(browser.post(&login, &fields).await.location(), "/desk");

    let planted = String::from_utf8(PLANTED.to_vec()).unwrap();
    let mut list = "identifiant;motdepasse;commentaire\n".to_owned();
    for row in 0..20_000 {
        list.push_str(&format!("P-{row}-{planted};{row} {planted} é;{planted}\n"));
    }
    let new = format!("{portal}/desk/leaks/new");
    let csrf = browser.get(&new).await.field("csrf").unwrap();
    let fields = [
        ("csrf", csrf.as_str()),
        ("source", "test"),
        ("aware_at", ""),
        ("mapping", ""),
    ];
    let page = browser.upload(&new, &fields, ("list.csv", list.as_bytes())).await;
    assert_eq!(page.status, 303, "{page:?}");
    let page = browser.follow(page).await;
    assert!(page.text().contains("<dd>20000</dd>"), "{page:?}");

    // And what a stranger types.
    let csrf = browser.visit(&format!("{portal}/login")).await.field("csrf").unwrap();
    let fields = [
        ("identifier", planted.as_str()),
        ("password", &planted),
        ("code", "123456"),
        ("csrf", &csrf),
    ];
    assert_eq!(browser.post(&format!("{portal}/login"), &fields).await.status, 401);
    // The web server keeps the address of each thread's last request, and the buffer that it is in: others come.
    drop(browser);
    let others = async || {
        for _ in 0..40 {
            let mut other = Browser::new(Path::new(story["ca_file"].as_str().unwrap()), demo.address);
            other.get(&format!("{portal}/login")).await;
        }
    };

    let mut left = (usize::MAX, 0);
    // Connections are closed, and threads wake, when the server comes to it.
    for _ in 0..5 {
        others().await;
        left = memory(&demo);
        if left.0 == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(left.1 > 10 << 20, "the memory of a server was looked at: {left:?}");
    assert_eq!(left.0, 0, "times that a planted value stands in memory");
    for folder in [demo.folder.path().to_owned(), demo.folder.path().join("demo")] {
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if file.is_file() {
                let bytes = std::fs::read(&file).unwrap();
                assert!(memchr::memmem::find(&bytes, PLANTED).is_none(), "{}", file.display());
            }
        }
    }
}

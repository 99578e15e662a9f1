//! Which address a request counts for, by the word of the proxies that the configuration trusts.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

use crate::kit::app::App;
use config::ClientHeader;
use kernel::client_address::{ClientAddress, Hop, forwarded, x_forwarded_for};

const X_FORWARDED_FOR: &str = "X-Forwarded-For";

/// The visitor's address; the nearest known proxy's where what a trusted proxy wrote cannot be read.
pub fn client_address(app: &App, request: &HttpRequest) -> ClientAddress {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let server = &app.core.config.server;
    if server.trusted_proxies.is_empty() {
        return ClientAddress::of_peer(peer);
    }
    ClientAddress::resolve(peer, &hops(request, server.client_header), &server.trusted_proxies).unwrap_or_else(
        |unreadable| {
            app.core.metrics.client_address_unreadable();
            if app.unreadable_addresses.is_due(app.core.now()) {
                tracing::warn!(
                    proxy = %unreadable.written_by,
                    "a trusted proxy wrote no address of the visitor that can be read: its visitors count as one"
                );
            }
            unreadable.written_by
        },
    )
}

/// `Forwarded` is believed where it is the only one, or the one that the configuration names.
fn hops(request: &HttpRequest, chosen: Option<ClientHeader>) -> Vec<Hop> {
    let headers = request.headers();
    let header = chosen.unwrap_or_else(|| {
        if headers.contains_key(X_FORWARDED_FOR) {
            ClientHeader::XForwardedFor
        } else {
            ClientHeader::Forwarded
        }
    });
    // A value that is no text is an entry that cannot be read, not one that is not there.
    let values = |name| headers.get_all(name).map(|value| value.to_str().unwrap_or_default());
    match header {
        ClientHeader::XForwardedFor => x_forwarded_for(values(X_FORWARDED_FOR)),
        ClientHeader::Forwarded => forwarded(values("Forwarded")),
    }
}

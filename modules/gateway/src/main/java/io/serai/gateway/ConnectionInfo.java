package io.serai.gateway;

import io.serai.bus.SessionRef;
import org.jspecify.annotations.Nullable;

/**
 * One connection as its listener sees it.
 *
 * @param session its address on the bus
 * @param listener the listener's name in the configuration, such as {@code mqtt}
 * @param transport {@code tcp}, {@code tls}, {@code websocket}, {@code websocket-tls}, {@code udp}
 *     or {@code dtls}
 * @param remoteAddress {@code host:port} of the peer
 * @param remoteIsLoopback whether the peer is on this machine
 * @param vhost the vhost connections of this listener enter unless they name one
 * @param anonymousAllowed whether the listener lets peers in without credentials
 * @param certificateSubject the subject of the verified client certificate, if there is one; of a
 *     pre-shared or raw public key of DTLS, {@code CN=} and its user
 */
public record ConnectionInfo(
    SessionRef session,
    String listener,
    String transport,
    String remoteAddress,
    boolean remoteIsLoopback,
    String vhost,
    boolean anonymousAllowed,
    @Nullable String certificateSubject) {}

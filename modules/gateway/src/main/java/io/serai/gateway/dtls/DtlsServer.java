package io.serai.gateway.dtls;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A DTLS socket with threads of its own, which hands on what its peers say in the clear. */
public interface DtlsServer {
  /**
   * A peer as it was when it sent something.
   *
   * @param session the same for all of one session, also from another address (RFC 9146)
   * @param address where it is
   * @param subject the distinguished name of its certificate; for a pre-shared or raw public key
   *     {@code CN=} and the user it stands for; null when it has shown nothing
   * @param way for {@link #send}
   */
  record Peer(Object session, InetSocketAddress address, @Nullable String subject, Object way) {}

  /** Takes what peers say. Called on the server's threads. */
  interface Receiver {
    /**
     * @param plaintext one datagram's; nobody else has it
     */
    void received(Peer peer, byte[] plaintext);
  }

  /** Encrypts and sends one datagram. From any thread; does not wait. */
  void send(Peer to, byte[] plaintext);

  /** Shows another certificate from the next handshake on. From any thread. */
  void use(DtlsKeys keys);

  /** Tells peers that it is over, and closes. Waits: not for event loops. */
  void close();
}

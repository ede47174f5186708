package io.serai.gateway.driver;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.serai.gateway.dtls.DtlsKeys;
import io.serai.gateway.dtls.DtlsServer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The part of a DTLS listener that one loop has: sessions come from the {@link DtlsEndpoint}
 * decrypted, a datagram at a time. Its peers are confined to the loop.
 */
final class DtlsListener implements Listener, DatagramPeers.Sender<DtlsServer.Peer> {
  private final Vertx vertx;
  private final Context loop;
  private final ListenerSpec spec;
  private final DtlsEndpoint endpoint;
  private final DatagramPeers<DtlsServer.Peer> peers;

  /** Set once the socket is open. */
  private volatile @Nullable DtlsServer server;

  private DtlsListener(
      Vertx vertx, Context loop, ListenerSpec spec, DtlsEndpoint endpoint, SessionHub hub) {
    this.vertx = vertx;
    this.loop = loop;
    this.spec = spec;
    this.endpoint = endpoint;
    this.peers = new DatagramPeers<>(spec, hub, this);
  }

  static Future<Listener> open(
      Vertx vertx, ListenerSpec spec, DtlsEndpoint endpoint, SessionHub hub) {
    DtlsListener listener =
        new DtlsListener(vertx, vertx.getOrCreateContext(), spec, endpoint, hub);
    NetServerOptions options = new NetServerOptions();
    var tls = spec.tls();
    if (tls != null) {
      tls.accept(options);
    }
    return vertx
        .executeBlocking(() -> keys(vertx, options.getSslOptions()))
        .compose(keys ->
            endpoint.join(
                listener,
                vertx,
                new InetSocketAddress(spec.host(), spec.port()),
                requireNonNull(keys)))
        .map(opened -> {
          listener.server = opened;
          return listener;
        });
  }

  /** What a server's options say, as DTLS needs it. */
  private static DtlsKeys keys(Vertx vertx, ServerSSLOptions tls) throws Exception {
    KeyCertOptions own = tls.getKeyCertOptions();
    for (KeyManager manager : own.getKeyManagerFactory(vertx).getKeyManagers()) {
      if (manager instanceof X509KeyManager keys) {
        for (String type : List.of("EC", "EdDSA", "RSA")) {
          String[] aliases = keys.getServerAliases(type, null);
          if (aliases != null && aliases.length > 0) {
            return new DtlsKeys(
                keys.getPrivateKey(aliases[0]),
                List.of(keys.getCertificateChain(aliases[0])),
                signers(vertx, tls.getTrustOptions()),
                tls.getClientAuth() == ClientAuth.REQUIRED);
          }
        }
      }
    }
    throw new IllegalArgumentException("the key file holds no key that DTLS can use: EC or RSA");
  }

  private static List<X509Certificate> signers(Vertx vertx, @Nullable TrustOptions trust)
      throws Exception {
    List<X509Certificate> signers = new ArrayList<>();
    if (trust != null) {
      for (TrustManager manager : trust.getTrustManagerFactory(vertx).getTrustManagers()) {
        if (manager instanceof X509TrustManager trusted) {
          signers.addAll(List.of(trusted.getAcceptedIssuers()));
        }
      }
    }
    return signers;
  }

  /** Takes a datagram, on the server's threads. */
  void received(DtlsServer.Peer peer, byte[] plaintext) {
    loop.runOnContext(_ ->
        peers.received(
            peer.session(),
            peer,
            peer.address(),
            peer.subject(),
            Unpooled.wrappedBuffer(plaintext)));
  }

  // ---- to the peers

  @Override
  public ByteBufAllocator allocator() {
    return UnpooledByteBufAllocator.DEFAULT;
  }

  @Override
  public void write(DtlsServer.Peer to, ByteBuf bytes) {
    DtlsServer open = server;
    if (open != null) {
      open.send(to, ByteBufUtil.getBytes(bytes));
    }
    bytes.release();
  }

  @Override
  public void flush() {
    // every write has left
  }

  // ---- listener

  @Override
  public int port() {
    return spec.port();
  }

  /** The certificate only: who may sign those of clients is known from the start. */
  @Override
  public Future<?> useTls(ServerSSLOptions tls) {
    return vertx
        .executeBlocking(() -> keys(vertx, tls))
        .onSuccess(keys -> {
          DtlsServer open = server;
          if (open != null) {
            open.use(keys);
          }
        });
  }

  @Override
  public Future<Void> close() {
    peers.close();
    return endpoint.leave(this, vertx);
  }
}

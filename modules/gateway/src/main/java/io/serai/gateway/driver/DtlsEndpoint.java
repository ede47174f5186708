package io.serai.gateway.driver;

import io.serai.gateway.dtls.DtlsClients;
import io.serai.gateway.dtls.DtlsKeys;
import io.serai.gateway.dtls.DtlsServer;
import io.serai.gateway.dtls.ScandiumServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One DTLS socket that all loops share, and what it hands to which: a session stays with its loop.
 * The first loop that joins opens it, the last one that leaves closes it. Thread-safe.
 */
public final class DtlsEndpoint implements DtlsServer.Receiver {
  private final @Nullable Path preSharedFile;
  private final @Nullable Path rawFile;
  private final List<DtlsListener> loops = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Future<DtlsServer>> server = new AtomicReference<>();

  /**
   * @param preSharedFile see {@link DtlsClients#read}
   * @param rawFile see {@link DtlsClients#read}
   */
  public DtlsEndpoint(@Nullable Path preSharedFile, @Nullable Path rawFile) {
    this.preSharedFile = preSharedFile;
    this.rawFile = rawFile;
  }

  /** Has a loop take its part of the sessions, once the socket is open. */
  Future<DtlsServer> join(DtlsListener loop, Vertx vertx, InetSocketAddress at, DtlsKeys keys) {
    Promise<DtlsServer> opening = Promise.promise();
    loops.add(loop);
    Future<DtlsServer> known = server.compareAndExchange(null, opening.future());
    if (known != null) {
      return known;
    }
    vertx
        .<DtlsServer>executeBlocking(
            () -> ScandiumServer.open(at, keys, DtlsClients.read(preSharedFile, rawFile), this))
        .onComplete(opening);
    return opening.future();
  }

  /** Has a loop leave. */
  Future<Void> leave(DtlsListener loop, Vertx vertx) {
    loops.remove(loop);
    Future<DtlsServer> open = loops.isEmpty() ? server.getAndSet(null) : null;
    return open == null
        ? Future.succeededFuture()
        : open.compose(it ->
            vertx.executeBlocking(() -> {
              it.close();
              return null;
            }));
  }

  @Override
  public void received(DtlsServer.Peer peer, byte[] plaintext) {
    Object[] now = loops.toArray();
    if (now.length > 0) {
      int index = Math.floorMod(peer.session().hashCode(), now.length);
      ((DtlsListener) now[index]).received(peer, plaintext);
    }
  }
}

package io.serai.node;

import io.serai.admin.AdminVerticle;
import io.serai.admin.HttpConnections;
import io.serai.admin.HttpLimit;
import io.serai.admin.Login;
import io.serai.bus.Bus;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.config.Configuration;
import io.serai.config.ListenerConfig;
import io.serai.config.RoutingConfig;
import io.serai.config.ServerConfig;
import io.serai.config.Transport;
import io.serai.gateway.Gateway;
import io.serai.gateway.driver.Admission;
import io.serai.gateway.driver.ListenerGate;
import io.serai.routing.DeclaredTopology;
import io.serai.routing.RestoredNode;
import io.serai.routing.SharedTable;
import io.serai.security.HashWorkers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.NetServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: one {@link LoopVerticle} per event loop, the listeners, HTTP, and what they
 * share. Starting and stopping wait, so call them from a thread that may.
 */
public final class Node {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final Duration STEP_LIMIT = Duration.ofSeconds(30);

  private static final long DRAIN_LOOK_MILLIS = 20;

  /** Which part of the messages' share of the heap is for those that the journal has. */
  private static final int DURABLE_PART = 8;

  /** Vert.x uses its workers for metrics pages and name look-ups only. */
  private static final int WORKER_THREADS = 4;

  /** So READY reads the same whatever set the ports. */
  private static final Comparator<ListenerConfig> IN_READY =
      Comparator.comparing(Node::isHttp)
          .thenComparing(ListenerConfig::protocol)
          .thenComparing(ListenerConfig::name);

  /** Where a node is in its life. */
  enum State {
    STARTING,
    READY,
    DRAINING,
    STOPPED
  }

  private final Installed installed;
  private final DataFolder data;
  private final Vertx vertx;
  private final SharedTable table = new SharedTable();
  private final NodeStorage storage;
  private final HashWorkers hashWorkers;
  private final List<LoopVerticle> loops = new ArrayList<>();
  private final NodeUsers users;
  private final Listeners listeners = new Listeners();
  private final PublisherBrake brake = new PublisherBrake(loops);
  private final MemoryWatch memory;
  private final DiskWatch disk;
  private final Admission admission;
  private final HttpLimit http = new HttpLimit();
  private final DescriptorWatch descriptors;
  private volatile Configuration config;
  private final AtomicLong configVersion = new AtomicLong(1);
  private volatile List<String> refusedReload = List.of();
  private volatile State state = State.STARTING;

  private Node(
      Configuration config,
      Installed installed,
      DataFolder data,
      NodeUsers users,
      HashWorkers hashWorkers) {
    this.config = config;
    this.installed = installed;
    this.data = data;
    this.users = users;
    this.hashWorkers = hashWorkers;
    this.vertx = Vertx.vertx(vertxOptions(loopCount(config.server())));
    this.storage = new NodeStorage(data, brake);
    this.disk =
        new DiskWatch(
            data::freeBytes,
            config.server().limits().diskFreeBytes(),
            brake.gate(NodeStorage.LOW_ON_DISK + ", below limits.disk-free-limit"));
    this.admission = ListenerMapping.admission(config.server().limits());
    this.descriptors =
        new DescriptorWatch(
            FileDescriptors.limit(),
            FileDescriptors::open,
            new DescriptorWatch.Sockets(
                config.server().limits().maxConnections(),
                admission.connections()::openCount,
                admission.connections()::fit),
            new DescriptorWatch.Sockets(mostOverHttp(config.server()), http::openCount, http::fit));
    this.memory =
        new MemoryWatch(
            () -> storage.indexBytes() + loops.stream().mapToLong(LoopVerticle::heldBytes).sum(),
            () -> shareHeap(MemoryWatch.heapBytes()),
            brake.gate(MemoryWatch.REASON));
  }

  /**
   * Starts a node and opens its listeners.
   *
   * @throws StartFailure when the operator has to change something; nothing is left running then
   */
  public static Node start(Configuration config, Installed installed) {
    ServerConfig server = config.server();
    HashWorkers hashWorkers = HashWorkers.forThisMachine();
    DataFolder data = DataFolder.open(server.dataFolder());
    NodeUsers users;
    try {
      users = NodeUsers.of(server, hashWorkers, data.saltSecret());
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
    FileDescriptors.advice(FileDescriptors.limit(), server.limits().maxConnections())
        .ifPresent(advice ->
            log.atWarn().addKeyValue("advice", advice).log("file descriptor limit is low"));
    Node node = new Node(config, installed, data, users, hashWorkers);
    try {
      node.start();
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static int loopCount(ServerConfig server) {
    return server.eventLoops() > 0
        ? server.eventLoops()
        : Runtime.getRuntime().availableProcessors();
  }

  private static VertxOptions vertxOptions(int loopCount) {
    return new VertxOptions()
        .setEventLoopPoolSize(loopCount)
        .setWorkerPoolSize(WORKER_THREADS)
        .setInternalBlockingPoolSize(WORKER_THREADS)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setClassPathResolvingEnabled(false)
                .setFileCachingEnabled(false));
  }

  private void start() {
    RestoredNode stored = storage.open(users::principal);
    Bus.register(vertx);
    deployLoops();
    // About right, and there before anything is restored; what it is exactly takes the JVM a while.
    shareHeap(Runtime.getRuntime().maxMemory());
    List<String> refused = DeclaredPlaces.added(config, restore(stored, config.routing()));
    if (!refused.isEmpty()) {
      throw new StartFailure(String.join(System.lineSeparator() + "serai: ", refused));
    }
    if (config.server().tellsOfClients()) {
      ClientEvents events = new ClientEvents(config.server().nodeName());
      loops.forEach(loop -> loop.publishClients(events));
    }
    descriptors.start();
    openListeners();
    brake.start();
    disk.start();
    memory.start();
    new SysTopics(vertx, this, config.server().sysInterval()).start();
    state = State.READY;
    log.atInfo()
        .addKeyValue("node", config.server().nodeName())
        .addKeyValue("version", Version.current())
        .addKeyValue("loops", loops.size())
        .addKeyValue("listeners", listeners.open().size())
        .log("node ready");
  }

  /**
   * Has queues keep to their part of the heap.
   *
   * @return above how many bytes of messages publishers wait
   */
  private long shareHeap(long heapBytes) {
    long limit = (long) (heapBytes * config.server().limits().memoryWatermark());
    for (LoopVerticle loop : loops) {
      loop.shareOfHeap(limit / DURABLE_PART / loops.size());
    }
    return limit;
  }

  private void deployLoops() {
    int count = loopCount(config.server());
    LoopRegistry registry = new LoopRegistry(count);
    long handshakeMillis = config.server().limits().handshakeTimeout().toMillis();
    for (int i = 0; i < count; i++) {
      LoopVerticle loop =
          new LoopVerticle(
              registry, table, storage.stores(), users.authenticator(), admission, handshakeMillis);
      loops.add(loop);
    }
    // Vert.x hands its loops out in turn, so as many verticles as loops get one each; the registry
    // makes sure.
    List<Future<String>> deployed = loops.stream().map(vertx::deployVerticle).toList();
    Waits.get(Future.all(deployed), STEP_LIMIT, "starting the event loops");
    if (!registry.isComplete()) {
      throw new IllegalStateException("not every event loop has its verticle");
    }
  }

  private void openListeners() {
    List<String> problems = new ArrayList<>();
    // HTTP last: whoever can ask whether the node is ready finds every other listener open.
    List<ListenerConfig> inOrder = new ArrayList<>(config.server().listeners());
    // Plain TCP after what takes longer to open: whoever waits for the port of one protocol and
    // then goes to another's finds it open or nearly so.
    inOrder.sort(
        Comparator.comparing(Node::isHttp)
            .thenComparing(listener -> listener.transport() == Transport.TCP)
            .thenComparing(IN_READY));
    for (ListenerConfig listener : inOrder) {
      try {
        listeners.open(listener, this::binding);
      } catch (StartFailure e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new StartFailure(String.join(System.lineSeparator() + "serai: ", problems));
    }
  }

  private static int mostOverHttp(ServerConfig server) {
    long most = 0;
    for (ListenerConfig listener : server.listeners()) {
      if (isHttp(listener)) {
        int max = listener.limits().maxConnections();
        most += max == 0 ? Integer.MAX_VALUE : max;
      }
    }
    return (int) Math.min(most, Integer.MAX_VALUE);
  }

  private static boolean isHttp(ListenerConfig listener) {
    return listener.protocol().equals(Installed.HTTP);
  }

  private Listeners.Binding binding(
      ListenerConfig listener, @Nullable Consumer<NetServerOptions> tls) {
    if (isHttp(listener)) {
      Login login =
          config.server().hasOpenMetrics() ? null : new MetricsLogin(users.authenticator());
      HttpRequests requests = new HttpRequests(users.authenticator(), loops.getFirst());
      HttpConnections connections =
          http.listener(listener.name(), listener.limits().maxConnections());
      return new AdminBinding(
          vertx,
          (hosts, port) ->
              new AdminVerticle(
                  new NodeStatus(this), hosts, port, tls, login, requests, connections));
    }
    Gateway gateway = installed.gateways().get(listener.protocol());
    if (gateway == null) {
      throw new StartFailure(
          "listener %s: no gateway for protocol %s is installed"
              .formatted(listener.name(), listener.protocol()));
    }
    ListenerGate gate = ListenerMapping.gate(listener.limits());
    return new GatewayBinding(
        loops,
        (host, port) ->
            ListenerMapping.spec(
                listener, gateway, gate, config.server().limits(), tls, host, port));
  }

  /** The configuration in force. */
  public Configuration config() {
    return config;
  }

  /** Open listeners by protocol and name, HTTP last, with their real ports. */
  public List<OpenListener> listeners() {
    return listeners.open().stream()
        .sorted(Comparator.comparing(OpenListener::config, IN_READY))
        .toList();
  }

  /** Number of state loops. */
  public int loopCount() {
    return loops.size();
  }

  /** Counts the configurations that were taken over, 1 for the first. */
  long configVersion() {
    return configVersion.get();
  }

  /** What was wrong with the last reload; empty when it was taken over. */
  List<String> refusedReload() {
    return refusedReload;
  }

  Map<String, Gateway> gateways() {
    return installed.gateways();
  }

  MemoryWatch memory() {
    return memory;
  }

  HttpLimit http() {
    return http;
  }

  /** Why transient backlogs stay in memory now; empty when they do not. */
  Optional<String> spillTrouble() {
    return storage.spillTrouble();
  }

  SharedTable table() {
    return table;
  }

  List<LoopVerticle> loops() {
    return loops;
  }

  State state() {
    return state;
  }

  /**
   * Takes over the routing, users and certificates of another configuration, whole or not at all.
   *
   * @return why it was refused; empty when it is in force
   */
  List<String> apply(Configuration newer) {
    List<String> problems = new ArrayList<>();
    NodeUsers.Prepared prepared = users.prepare(newer, problems);
    Map<String, TlsMaterial> certificates = listeners.readChanged(newer, problems);
    if (!problems.isEmpty()) {
      return problems;
    }
    Map<String, TlsMaterial> before = listeners.inForce(certificates);
    problems = listeners.use(certificates);
    if (problems.isEmpty()) {
      boolean isDeclared = false;
      try {
        problems = DeclaredPlaces.added(newer, declare(newer.routing()));
        isDeclared = problems.isEmpty();
      } finally {
        if (!isDeclared) {
          listeners.use(before);
        }
      }
    }
    if (problems.isEmpty()) {
      Set<String> gone = users.use(prepared);
      Set<String> vhosts = config.routing().vhosts().keySet();
      if (!gone.isEmpty() || !newer.routing().vhosts().keySet().containsAll(vhosts)) {
        loops.forEach(loop -> loop.evict(gone));
      }
      config = config.reloaded(newer);
      configVersion.incrementAndGet();
      refusedReload = List.of();
    }
    return problems;
  }

  /** As {@link #declare} at the start, with what an earlier run has left. */
  private List<String> restore(RestoredNode stored, RoutingConfig routing) {
    DeclaredTopology declared = TopologyMapping.declared(routing);
    return problems(
        Waits.untilDone(loops.getFirst().restore(stored, declared), STEP_LIMIT, "restoring"));
  }

  /** Why the routing core does not take it; empty when it is in force. */
  private List<String> declare(RoutingConfig routing) {
    DeclaredTopology declared = TopologyMapping.declared(routing);
    // No limit: the routing core takes it over sooner or later, and users and certificates must be
    // those of the same configuration.
    return problems(Waits.untilDone(loops.getFirst().apply(declared), STEP_LIMIT, "declaring"));
  }

  private static List<String> problems(Result<Request.Done> result) {
    return switch (result) {
      case Result.Ok<Request.Done> _ -> List.of();
      case Result.Refused<Request.Done>(_, String text) -> text.lines().toList();
    };
  }

  /** A reload failed before it came here. */
  void configRefused(List<String> problems) {
    refusedReload = List.copyOf(problems);
  }

  /**
   * Tells every client that the node goes, waits for them to leave within {@code
   * limits.drain-timeout}, and ends. Does nothing when it was stopped before.
   */
  public synchronized void stop() {
    if (state == State.STOPPED) {
      return;
    }
    long began = System.nanoTime();
    state = State.DRAINING;
    log.atInfo().addKeyValue("node", config.server().nodeName()).log("node stopping");
    int left = drain();
    close();
    log.atInfo()
        .addKeyValue("node", config.server().nodeName())
        .addKeyValue("connections_cut", left)
        .addKeyValue("took_ms", (System.nanoTime() - began) / 1_000_000)
        .log("node stopped");
  }

  /** Ends at once, without a word to clients: the node could not keep what they say. */
  synchronized void abort() {
    if (state != State.STOPPED) {
      close();
    }
  }

  /**
   * Completes when the node cannot go on: what it says is not kept any more. It has to be stopped.
   */
  CompletableFuture<Throwable> failure() {
    return storage.failure();
  }

  /** How many connections are still open when the time is over. */
  private int drain() {
    long deadline = System.nanoTime() + config.server().limits().drainTimeout().toNanos();
    Waits.get(
        Future.join(loops.stream().map(LoopVerticle::drain).toList()),
        STEP_LIMIT,
        "telling clients");
    int open = connectionCount();
    while (open > 0 && System.nanoTime() < deadline) {
      try {
        Thread.sleep(DRAIN_LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return open;
      }
      open = connectionCount();
    }
    return open;
  }

  private int connectionCount() {
    int sum = 0;
    for (LoopVerticle loop : loops) {
      sum += Waits.get(loop.connectionCount(), STEP_LIMIT, "counting connections");
    }
    return sum;
  }

  private void close() {
    state = State.STOPPED;
    memory.close();
    disk.close();
    descriptors.close();
    try {
      Waits.get(vertx.close(), STEP_LIMIT, "closing Vert.x");
    } finally {
      hashWorkers.close();
      storage.close();
      data.close();
    }
  }
}

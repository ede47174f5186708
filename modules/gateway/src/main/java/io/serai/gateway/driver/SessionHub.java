package io.serai.gateway.driver;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.serai.bus.Broker;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.SessionEndpoint;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRef;
import io.serai.gateway.Authenticator;
import io.serai.gateway.ClientEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live connections of one loop: hands events to them, writes what they collected when the turn
 * ends, and watches their idle limits with one timer. Confined to its loop.
 */
public final class SessionHub implements SessionEndpoint {
  private static final Logger log = LoggerFactory.getLogger(SessionHub.class);
  private static final long TICK_MILLIS = 100;

  /** How long heavy connections rest at least. */
  private static final long REST_MILLIS = 1;

  private final Vertx vertx;
  private final int loop;
  private final int loopCount;
  private final Counters counters;
  private final Authenticator authenticator;
  private final long connectTimeoutMillis;
  private final Admission admission;
  private final Visitors visitors;
  private final LongSupplier clock;
  private final PublisherGate gate;
  private final HeavyReads heavyReads;
  private final LongObjectMap<Connection<?>> connections = new LongObjectHashMap<>();
  private final Map<String, Integer> connectionsByListener = new HashMap<>();

  /** By listener: each has one gate for all its addresses. */
  private final Map<ListenerGate, ListenerRates> rates = new IdentityHashMap<>(4);

  private final DeadlineWheel wheel;
  private final SharedBodies sharedBodies = new SharedBodies();
  private final EndOfTurn endOfTurn = new EndOfTurn();

  private long nextSession;
  private long nowMillis = System.currentTimeMillis();
  private long clockMillis;
  private boolean inTurn;
  private @Nullable Bus bus;
  private @Nullable Broker broker;
  private @Nullable Context context;
  private @Nullable Thread loopThread;

  /** Why publishers wait; null when they need not. */
  private @Nullable String blockedBecause;

  private @Nullable Consumer<ClientEvent> clientWatch;
  private long timerId = -1;
  private boolean shuttingDown;

  /**
   * @param connectTimeoutMillis how long a peer may take from connecting to being authenticated
   * @param admission shared by the hubs of all loops
   */
  public SessionHub(
      Vertx vertx,
      int loop,
      int loopCount,
      Counters counters,
      Authenticator authenticator,
      long connectTimeoutMillis,
      Admission admission) {
    this(
        vertx,
        loop,
        loopCount,
        counters,
        authenticator,
        connectTimeoutMillis,
        admission,
        MonotonicClock::millis);
  }

  /** With the clock that deadlines and rates are counted in, as {@link MonotonicClock} is. */
  SessionHub(
      Vertx vertx,
      int loop,
      int loopCount,
      Counters counters,
      Authenticator authenticator,
      long connectTimeoutMillis,
      Admission admission,
      LongSupplier clock) {
    this.vertx = vertx;
    this.loop = loop;
    this.loopCount = loopCount;
    this.counters = counters;
    this.authenticator = authenticator;
    this.connectTimeoutMillis = connectTimeoutMillis;
    this.admission = admission;
    this.visitors = new Visitors(admission);
    this.clock = clock;
    this.clockMillis = clock.getAsLong();
    this.gate = PublisherGate.ofLoop(loopCount);
    NodeLoad load = admission.fairness();
    this.heavyReads =
        new HeavyReads(loop, loopCount, load, new Headroom(load.busyMost()), counters);
    this.wheel = new DeadlineWheel(TICK_MILLIS, clockMillis);
  }

  /** Connects the hub to its loop's bus and broker, and starts its timer. On the loop. */
  public void start(Bus bus, Broker broker) {
    this.bus = bus;
    this.broker = broker;
    this.context = vertx.getOrCreateContext();
    this.loopThread = Thread.currentThread();
    this.timerId = vertx.setPeriodic(TICK_MILLIS, _ -> tick());
  }

  /** Stops the timer. Connections that are left are dropped with the node. */
  public void stop() {
    vertx.cancelTimer(timerId);
  }

  /** From now on {@code watch} hears of clients that come and go, on this loop. */
  public void watchClients(Consumer<ClientEvent> watch) {
    clientWatch = watch;
  }

  /** Tells every session that the node shuts down. New connections are not taken any more. */
  public void shutdown() {
    shuttingDown = true;
    for (Connection<?> connection : List.copyOf(connections.values())) {
      connection.shutdown();
    }
  }

  /** Ends the connections of users that are gone, and those in vhosts that are. */
  public void evict(Set<String> goneUsers) {
    beginTurn();
    for (Connection<?> connection : List.copyOf(connections.values())) {
      Caller caller = connection.caller();
      if (caller == null) {
        continue;
      }
      String user = caller.principal().user();
      if (goneUsers.contains(user)) {
        connection.evict("user '" + user + "' is deleted");
      } else if (!broker().hasVhost(caller.vhost())) {
        connection.evict("vhost '" + caller.vhost() + "' is deleted");
      }
    }
  }

  /** Holds publishers back, for instance because memory runs low. */
  public void blockPublishers(String reason) {
    beginTurn();
    blockedBecause = reason;
    gate.setMemoryLow(true);
    for (Connection<?> connection : List.copyOf(connections.values())) {
      connection.blockPublishers(reason);
    }
  }

  /** Lets publishers go on. */
  public void unblockPublishers() {
    beginTurn();
    blockedBecause = null;
    gate.setMemoryLow(false);
    for (Connection<?> connection : List.copyOf(connections.values())) {
      connection.unblockPublishers();
    }
    gate.letGo();
  }

  /** How many connections are open. */
  public int connectionCount() {
    return connections.size();
  }

  /** Open connections by listener name; a copy. */
  public Map<String, Integer> connectionsByListener() {
    return Map.copyOf(connectionsByListener);
  }

  // ---- turns

  @Override
  public void onEvent(SessionEvent event) {
    beginTurn();
    Connection<?> connection = connections.get(event.to().id());
    if (connection != null) {
      connection.onEvent(event);
    }
  }

  @Override
  public void onCrowded(boolean isCrowded) {
    gate.setCrowded(isCrowded);
    if (!isCrowded) {
      beginTurn();
      gate.letGo();
    }
  }

  /**
   * Something happens: the first time in a turn this reads the clocks, and sees to it that the turn
   * has an end.
   */
  void beginTurn() {
    if (!inTurn) {
      inTurn = true;
      readClocks();
      bus().wake();
    }
  }

  private void readClocks() {
    nowMillis = System.currentTimeMillis();
    clockMillis = clock.getAsLong();
  }

  /** Has {@code connection} write what it has when the turn ends. */
  void markDirty(Connection<?> connection) {
    endOfTurn.add(connection);
    bus().wake();
  }

  /** Runs {@code task} before this turn ends, but not inside of any session's call. */
  void later(Runnable task) {
    endOfTurn.add(task);
    bus().wake();
  }

  /** Runs {@code task} when this turn has ended and others have had theirs. */
  void inLaterTurn(Runnable task) {
    context()
        .runOnContext(_ -> {
          beginTurn();
          task.run();
        });
  }

  /**
   * Runs {@code task} on this loop: at once when it is the current thread's. An authenticator may
   * answer from a thread of its own, since bytes decoded in the pipeline run outside any context.
   */
  void onLoop(Runnable task) {
    if (Thread.currentThread() == loopThread) {
      task.run();
    } else {
      context().runOnContext(_ -> task.run());
    }
  }

  @Override
  public void onTurnEnd() {
    if (!inTurn) {
      inTurn = true; // without a wake-up: this is the end of a turn already
      readClocks();
    }
    endOfTurn.run();
    sharedBodies.clear();
    heavyReads.turnEnded(bus(), clockMillis);
    inTurn = false;
  }

  // ---- connections that come and go

  /** Whether a connection that arrives now must be closed. */
  boolean isTurningAway() {
    if (shuttingDown) {
      return true;
    }
    boolean isFull = admission.connections().isReached();
    if (isFull) {
      counters.add(Counter.CONNECTIONS_REFUSED, 1);
    }
    return isFull;
  }

  SessionRef newSession() {
    beginTurn();
    return new SessionRef(loop, loop + loopCount * ++nextSession);
  }

  void opened(Connection<?> connection) {
    connections.put(connection.info().session().id(), connection);
    connectionsByListener.merge(connection.info().listener(), 1, Integer::sum);
    counters.add(Counter.CONNECTIONS_OPENED, 1);
    wheel.add(connection, connection.nextDeadlineMillis());
    String reason = blockedBecause;
    if (reason != null) {
      connection.blockPublishers(reason);
    }
  }

  void closed(Connection<?> connection) {
    SessionRef session = connection.info().session();
    connections.remove(session.id());
    heavyReads.left(connection);
    connectionsByListener.merge(connection.info().listener(), -1, Integer::sum);
    counters.add(Counter.CONNECTIONS_CLOSED, 1);
    visitors.leave(connection.visitor());
    ClientEvent.Connected announced = connection.visitor().announced();
    if (announced != null) {
      tellOfClient(announced.gone(connection.closeReason(), nowMillis));
    }
    if (connection.caller() != null) {
      FlappingWatch.Client watched = connection.visitor().watched();
      if (watched != null) {
        admission.flapping().left(watched, clockMillis);
      }
      broker().sessionEnded(session);
    }
  }

  boolean isWatchingClients() {
    return clientWatch != null;
  }

  void tellOfClient(ClientEvent event) {
    Consumer<ClientEvent> watch = clientWatch;
    if (watch != null) {
      watch.accept(event);
    }
  }

  // ---- time

  /** What the wall clock said at the beginning of the turn. */
  long nowMillis() {
    return nowMillis;
  }

  /** What {@link MonotonicClock} said at the beginning of the turn. */
  long clockMillis() {
    return clockMillis;
  }

  /** The connection's next deadline may have come nearer. */
  void reschedule(Connection<?> connection) {
    wheel.add(connection, connection.nextDeadlineMillis());
  }

  /** Looks for what is due. Every {@value #TICK_MILLIS} ms. */
  void tick() {
    try {
      beginTurn();
      wheel.advance(clockMillis);
    } catch (RuntimeException e) {
      log.error("idle check failed", e);
    }
  }

  /** What a listener's connections of this loop may send together with those of other loops. */
  ListenerRates rates(ListenerGate gate) {
    return rates.computeIfAbsent(gate, one -> one.rates(this::inMillis));
  }

  /** Runs {@code task} on this loop some time later, outside of any session's call. */
  private void inMillis(long millis, Runnable task) {
    vertx.setTimer(
        millis,
        _ -> {
          beginTurn();
          task.run();
        });
  }

  /** Whether a connection that took so much of the loop's time is not to be read for a moment. */
  boolean mustRest(Connection<?> connection, long costNanos, long nowNanos) {
    boolean isFirst = !heavyReads.isAnyWaiting();
    boolean mustRest = heavyReads.took(connection, costNanos, nowNanos, clockMillis);
    if (mustRest && isFirst) {
      readOnSoon();
    }
    return mustRest;
  }

  /** How long the loop may be at what one connection sends, before others have their turn. */
  long readNanos() {
    return heavyReads.readNanos();
  }

  private void readOnSoon() {
    vertx.setTimer(
        REST_MILLIS,
        _ -> {
          try {
            heavyReads.readOn(System.nanoTime());
          } finally {
            if (heavyReads.isAnyWaiting()) {
              readOnSoon(); // also when one fails in its turn
            }
          }
        });
  }

  // ---- what connections share

  /** The peers that have arrived and not left. */
  Visitors visitors() {
    return visitors;
  }

  FlappingWatch flapping() {
    return admission.flapping();
  }

  PublisherGate gate() {
    return gate;
  }

  SharedBodies sharedBodies() {
    return sharedBodies;
  }

  Counters counters() {
    return counters;
  }

  Authenticator authenticator() {
    return authenticator;
  }

  long connectTimeoutMillis() {
    return connectTimeoutMillis;
  }

  Broker broker() {
    return started(broker);
  }

  private Bus bus() {
    return started(bus);
  }

  private Context context() {
    return started(context);
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("hub used before start");
    }
    return part;
  }
}

package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.ShardCommand;
import io.serai.bus.ShardCommand.Entry;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.ReplyTo;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection's way into routing: finds each message's route, collects what every shard has to
 * append and sends one batch per shard. Confined to the connection's loop.
 */
final class LoopPublisher implements Publisher {
  private static final int LARGEST_FIRST_BATCH = 256;

  /** The type of exchanges whose messages may be kept. */
  private static final String TOPIC = "topic";

  private final Bus bus;
  private final Counters counters;
  private final Caller caller;
  private final RouteCache routes;

  /** The open batch by shard, null where nothing goes. The driver bounds it by flushing. */
  private final @Nullable List<Entry>[] open;

  /** What of it may come again after a restart, by shard; made when there is something. */
  private @Nullable Map<Integer, List<ShardCommand.Once>> openOnce;

  private final boolean[] wantsConfirm;
  private final SharedTable table;
  private boolean isOpenEmpty = true;
  private int nextConfirmIndex;
  private int lastBatchSize = 1;

  /** Retained values of the open batch whose publisher waits until they are safe. */
  private List<Future<Request.Done>> keeping = List.of();

  LoopPublisher(SharedTable table, Bus bus, Counters counters, Caller caller) {
    this.table = table;
    this.bus = bus;
    this.counters = counters;
    this.caller = caller;
    this.routes = new RouteCache(table, caller);
    @SuppressWarnings({"unchecked", "rawtypes"}) // filled with lists of the right type only
    @Nullable List<Entry>[] lists = new List[bus.loopCount()];
    this.open = lists;
    this.wantsConfirm = new boolean[bus.loopCount()];
  }

  @Override
  public PublishResult publish(Message message, int flags, @Nullable PublishOnce once) {
    if ((flags & EXPLAIN) != 0) {
      return explain(message, flags);
    }
    Route route = (flags & COPIES) == 0 ? routes.find(message) : routes.findForCopies(message);
    if ((flags & CHECK) != 0) {
      return route.result();
    }
    counters.add(Counter.MESSAGES_PUBLISHED, 1);
    boolean confirm = (flags & CONFIRM) != 0;
    boolean isKept = false;
    if ((flags & RETAIN) != 0 && mayBeKept(route.result())) {
      Future<Request.Done> kept = retain(message, route.meant());
      isKept = kept != null;
      if (confirm && kept != null) {
        keep(kept);
      }
      if (confirm && kept != null && route.result() == PublishResult.UNROUTABLE) {
        counters.add(Counter.MESSAGES_UNROUTABLE, 1);
        append(message, List.of(), true, false, null);
        return PublishResult.ROUTED; // the value it is kept as confirms it
      }
    }
    switch (route.result()) {
      case ROUTED -> append(message, route.legs(), confirm, isKept, once);
      case UNROUTABLE -> {
        counters.add(Counter.MESSAGES_UNROUTABLE, 1);
        if (!route.legs().isEmpty()) {
          append(message, route.legs(), false, false, null); // exchanges remember it all the same
        }
      }
      case DENIED -> counters.add(Counter.MESSAGES_DENIED, 1);
      case NO_EXCHANGE, INTERNAL_EXCHANGE, SHED -> {}
    }
    return route.result();
  }

  /** Answers where the message would go; a message without a reply-to goes nowhere. */
  private PublishResult explain(Message message, int flags) {
    ReplyTo replyTo = message.properties().replyTo();
    VhostTable vhost = routes.vhost();
    if (vhost == null) {
      return PublishResult.NO_EXCHANGE;
    }
    List<RouteStep> steps = new ArrayList<>();
    Route route = Router.explain(vhost, caller, message, steps::add);
    if (!mayBeKept(route.result())) {
      return route.result();
    }
    if (replyTo == null) {
      return PublishResult.UNROUTABLE;
    }
    Message answer = RouteAnswer.to(message, replyTo, caller, steps, route);
    Route back = Router.routeAnswer(vhost, caller, answer);
    if (back.result() == PublishResult.ROUTED && (flags & CHECK) == 0) {
      Address meant = back.meant();
      append(
          meant == null ? answer : answer.readdressed(meant),
          back.legs(),
          (flags & CONFIRM) != 0,
          false,
          null);
    }
    return back.result();
  }

  private static boolean mayBeKept(PublishResult result) {
    return result == PublishResult.ROUTED || result == PublishResult.UNROUTABLE;
  }

  /** Keeps what went to a topic exchange: nobody reads the retained values of another one. */
  private @Nullable Future<Request.Done> retain(Message message, @Nullable Address meant) {
    Message kept = meant == null ? message : message.readdressed(meant);
    VhostTable vhost = table.current().vhost(caller.vhost());
    Exchange exchange = vhost == null ? null : vhost.exchange(kept.address().exchange());
    if (exchange == null || !exchange.spec().type().equals(TOPIC)) {
      return null;
    }
    int owner = Placement.ofTopic(caller.vhost(), kept.topic(), bus.loopCount());
    return bus.call(owner, new ShardCall.Retain(kept));
  }

  // ---- batches

  /**
   * @param isKept whether the message is kept as a retained value besides
   */
  private void append(
      Message message,
      List<Route.Leg> legs,
      boolean confirm,
      boolean isKept,
      @Nullable PublishOnce once) {
    int confirmIndex = confirm ? nextConfirmIndex++ : -1;
    if (confirm && (isKept || legs.size() > 1 || isSpread(legs))) {
      confirmIndex = Entry.alsoElsewhere(confirmIndex);
    }
    isOpenEmpty = false;
    for (int i = 0; i < legs.size(); i++) {
      Route.Leg leg = legs.get(i);
      Message copy = leg.copyOf(message);
      if (leg.isForMany()) {
        copy.markForMany();
      }
      List<Route.Part> parts = leg.parts();
      for (int j = 0; j < parts.size(); j++) {
        Route.Part part = parts.get(j);
        List<Entry> batch = batch(part.shard());
        if (once != null) {
          once(part.shard()).add(new ShardCommand.Once(batch.size(), once));
        }
        batch.add(new Entry(copy, part.slots(), confirmIndex));
        wantsConfirm[part.shard()] |= confirm;
      }
    }
  }

  private static boolean isSpread(List<Route.Leg> legs) {
    return !legs.isEmpty() && legs.getFirst().parts().size() > 1;
  }

  private List<Entry> batch(int shard) {
    List<Entry> entries = open[shard];
    if (entries == null) {
      entries = new ArrayList<>(lastBatchSize);
      open[shard] = entries;
    }
    return entries;
  }

  private List<ShardCommand.Once> once(int shard) {
    Map<Integer, List<ShardCommand.Once>> all = openOnce;
    if (all == null) {
      all = new HashMap<>(4);
      openOnce = all;
    }
    return all.computeIfAbsent(shard, _ -> new ArrayList<>());
  }

  private List<ShardCommand.Once> takeOnce(int shard) {
    List<ShardCommand.Once> list = openOnce == null ? null : openOnce.remove(shard);
    return list == null ? List.of() : list;
  }

  /** Takes what goes to a shard out of the open batch, for who sends it otherwise. */
  List<Entry> take(int shard) {
    List<Entry> entries = open[shard];
    open[shard] = null;
    return entries == null ? List.of() : entries;
  }

  @Override
  public int flush(long batchId) {
    if (isOpenEmpty) {
      return 0;
    }
    isOpenEmpty = true;
    nextConfirmIndex = 0;
    int answers = 0;
    for (int shard = 0; shard < open.length; shard++) {
      List<Entry> entries = open[shard];
      if (entries != null) {
        open[shard] = null;
        lastBatchSize = Math.min(entries.size(), LARGEST_FIRST_BATCH);
        boolean confirm = wantsConfirm[shard];
        wantsConfirm[shard] = false;
        if (confirm) {
          answers++;
        }
        bus.send(
            shard,
            new ShardCommand.Append(caller.session(), batchId, confirm, entries, takeOnce(shard)));
      }
    }
    return keeping.isEmpty() ? answers : answers + answerWhenKept(batchId);
  }

  private void keep(Future<Request.Done> kept) {
    if (keeping.isEmpty()) {
      keeping = new ArrayList<>(1);
    }
    keeping.add(kept);
  }

  /** The batch's retained values answer as one more shard. */
  private int answerWhenKept(long batchId) {
    List<Future<Request.Done>> kept = keeping;
    keeping = List.of();
    Future.all(kept)
        .onComplete(_ -> bus.send(new SessionEvent.Appended(caller.session(), batchId, List.of())));
    return 1;
  }
}

package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Request;
import io.serai.bus.ShardCommand;
import io.serai.bus.Transaction;
import io.serai.model.Message;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.queue.ShardCall.PreparedPart;
import io.serai.routing.store.CommittedTransaction;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A transaction over the shards it concerns, led by the loop of its connection: every shard
 * prepares its part; if all can, the whole is stored and so committed; then every shard does its
 * part. A transaction that only one shard has to store anything of is whole without being stored
 * first. Confined to the connection's loop.
 */
final class LoopTransaction implements Transaction {
  private final LoopBroker broker;
  private final Bus bus;
  private final Caller caller;
  private final LoopPublisher publisher;
  private final ShardCall.TransactionId id;
  private final Map<Integer, List<ShardCall.SettleOne>> settles = new TreeMap<>();
  private long sizeBytes;

  /** What the shards have prepared, by shard. */
  private final Map<Integer, PreparedPart> prepared = new TreeMap<>();

  /**
   * @param publisher routes its messages and nothing else
   * @param number of the loop's transactions
   */
  LoopTransaction(LoopBroker broker, Bus bus, Caller caller, LoopPublisher publisher, long number) {
    this.broker = broker;
    this.bus = bus;
    this.caller = caller;
    this.publisher = publisher;
    this.id = new ShardCall.TransactionId(bus.loop(), number);
  }

  @Override
  public PublishResult publish(Message message, int flags) {
    sizeBytes += message.sizeBytes();
    return publisher.publish(message, flags);
  }

  @Override
  public void settle(Delivery delivery, Outcome outcome) {
    settles
        .computeIfAbsent(delivery.consumer().queue().shard(), _ -> new ArrayList<>())
        .add(new ShardCall.SettleOne(delivery, outcome));
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /** In turn: the one of the same connection before it is done first. */
  @Override
  public Future<Boolean> commit() {
    return broker.inTurn(caller.session(), this::run);
  }

  private Future<Boolean> run() {
    broker.flushSettles(); // what was settled before comes before
    List<Future<PreparedPart>> answers = new ArrayList<>();
    for (int shard = 0; shard < bus.loopCount(); shard++) {
      List<ShardCommand.Entry> entries = publisher.take(shard);
      List<ShardCall.SettleOne> ofShard = settles.getOrDefault(shard, List.of());
      if (!entries.isEmpty() || !ofShard.isEmpty()) {
        int part = shard;
        answers.add(
            bus.call(shard, new ShardCall.Prepare(id, caller.session(), entries, ofShard))
                .onSuccess(answer -> prepared.put(part, answer)));
      }
    }
    return Future.all(answers)
        .compose(_ ->
            prepared.values().stream().allMatch(PreparedPart::isPossible) ? store() : giveUp());
  }

  private Future<Boolean> giveUp() {
    List<Future<Request.Done>> undone = new ArrayList<>();
    prepared.forEach((shard, part) -> {
      if (part.isPossible()) {
        undone.add(bus.call(shard, new ShardCall.UndoPart(id)));
      }
    });
    return Future.all(undone).map(false);
  }

  private Future<Boolean> store() {
    List<ShardCall.KeptPart> parts = new ArrayList<>();
    prepared.forEach((shard, part) -> {
      if (part.isStored()) {
        parts.add(new ShardCall.KeptPart(shard, part));
      }
    });
    if (parts.isEmpty() || parts.size() == 1 && parts.getFirst().prepared().isWhole()) {
      return apply(null).compose(_ -> awaitSync()).map(true);
    }
    return bus.call(bus.loop(), new ShardCall.KeepTransaction(parts))
        .compose(
            kept -> apply(kept).onSuccess(_ -> awaitSync().onSuccess(_ -> forget(kept))).map(true));
  }

  private Future<?> apply(@Nullable CommittedTransaction kept) {
    List<Future<Request.Done>> done = new ArrayList<>();
    prepared.forEach((shard, part) ->
        done.add(
            bus.call(
                shard,
                new ShardCall.ApplyPart(id, kept == null || !part.isStored() ? null : kept.id()))));
    return Future.all(done);
  }

  private Future<?> awaitSync() {
    List<Future<Request.Done>> safe = new ArrayList<>();
    prepared.keySet().forEach(shard -> safe.add(bus.call(shard, new ShardCall.AwaitSync())));
    return Future.all(safe);
  }

  private void forget(CommittedTransaction kept) {
    bus.call(bus.loop(), new ShardCall.ForgetTransaction(kept));
  }
}

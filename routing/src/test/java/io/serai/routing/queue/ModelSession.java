package io.serai.routing.queue;

import io.serai.bus.Delivery;
import java.util.ArrayList;
import java.util.List;

/** One connection whose shared consumers split a limit of {@code ShardModel.SHARED_LIMIT}. */
final class ModelSession {
  final long id;
  final List<ModelConsumer> consumers = new ArrayList<>();
  final List<Delivery> unsettled = new ArrayList<>();
  int sharedInUse;

  ModelSession(long id) {
    this.id = id;
  }
}

package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;

/** A consumer of the model. */
final class ModelConsumer {
  final ConsumerRef ref;
  final ModelQueue queue;
  long credit;
  boolean isTold;

  ModelConsumer(ConsumerRef ref, ModelQueue queue) {
    this.ref = ref;
    this.queue = queue;
    this.credit = ref.options().initialCredit();
  }

  boolean isShared() {
    return ref.options().creditMode() == CreditMode.SHARED;
  }

  int priority() {
    return ref.options().priority();
  }
}

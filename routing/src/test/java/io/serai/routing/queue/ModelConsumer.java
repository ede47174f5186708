package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import java.util.HashSet;
import java.util.Set;

/** A consumer of the model. */
final class ModelConsumer {
  final ConsumerRef ref;
  final ModelQueue queue;
  long credit;
  boolean isTold;

  /** What a browser was shown. */
  final Set<Integer> seen = new HashSet<>();

  ModelConsumer(ConsumerRef ref, ModelQueue queue) {
    this.ref = ref;
    this.queue = queue;
    this.credit = ref.options().initialCredit();
  }

  boolean isShared() {
    return ref.options().creditMode() == CreditMode.SHARED;
  }

  /** Whether it reads without taking. */
  boolean isBrowser() {
    return ref.options().view().isBrowsing();
  }

  /** Whether its selector lets messages of a kind through. */
  boolean wants(int kind) {
    String selector = ref.options().view().selector();
    return switch (selector.isEmpty() ? ' ' : selector.charAt(5)) {
      case '=' -> selector.contains("'" + kind + "'");
      case '<' -> !selector.contains("'" + kind + "'");
      default -> true;
    };
  }

  int priority() {
    return ref.options().priority();
  }
}

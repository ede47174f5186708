package io.serai.routing;

import io.vertx.core.Future;
import java.util.concurrent.Callable;

/** Runs work that takes long on another thread and comes back to the loop with its answer. */
@FunctionalInterface
interface OffLoop {
  <T> Future<T> run(Callable<T> work);
}

package io.serai.node.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * What codecs, sessions, queues and exchanges must not touch, so that their tests need no socket,
 * clock or thread; and what nothing that runs on an event loop may call.
 */
final class PurityRules {
  private static final Pattern PURE = Pattern.compile("(Codec|Session|Queue|Exchange)$");
  private static final Pattern READS_THE_CLOCK =
      Pattern.compile("nanoTime|currentTimeMillis|now|systemUTC|systemDefaultZone");

  /** Code of these packages runs on event loops, all of it. */
  private static final String[] ON_LOOPS = {
    "io.serai.model..", "io.serai.bus..", "io.serai.gateway..", "io.serai.routing.."
  };

  private PurityRules() {}

  static Map<String, ArchRule> all() {
    var rules = new LinkedHashMap<String, ArchRule>();
    rules.put("pure: no Vert.x, network, log or thread", noOutside());
    rules.put("pure: no clock", noClock());
    rules.put("loops: nothing waits", nothingWaits());
    rules.put("loops: no locks", noLocks());
    return rules;
  }

  private static ArchRule noOutside() {
    return noClasses()
        .that(arePure())
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "io.vertx.core.net..",
                    "io.vertx.core.http..",
                    "io.vertx.core.datagram..",
                    "io.vertx.core.file..",
                    "io.vertx.core.internal..",
                    "io.netty.channel..",
                    "java.net..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "org.slf4j..",
                    "java.util.logging..",
                    "ch.qos.logback..")
                .or(assignableTo(Vertx.class))
                .or(assignableTo(Context.class))
                .or(assignableTo(Thread.class))
                .or(assignableTo(Executor.class))
                .or(belongToAnyOf(java.util.Timer.class, java.util.concurrent.Executors.class)))
        .as("codecs, sessions, queues and exchanges see no Vert.x, network, file, log or thread");
  }

  private static ArchRule noClock() {
    return noClasses()
        .that(arePure())
        .should()
        .callMethodWhere(
            describe(
                "reads the clock",
                (JavaMethodCall call) ->
                    READS_THE_CLOCK.matcher(call.getTarget().getName()).matches()
                        && (call.getTargetOwner().isEquivalentTo(System.class)
                            || call.getTargetOwner().getPackageName().startsWith("java.time"))))
        .orShould()
        .dependOnClassesThat(assignableTo(Clock.class))
        .as("codecs, sessions, queues and exchanges are told the time, they do not ask");
  }

  private static ArchRule nothingWaits() {
    return noClasses()
        .that(resideInAnyPackage(ON_LOOPS))
        .should()
        .callMethodWhere(
            describe(
                "waits",
                (JavaMethodCall call) -> {
                  var owner = call.getTargetOwner();
                  return switch (call.getTarget().getName()) {
                    case "sleep", "onSpinWait" -> owner.isEquivalentTo(Thread.class);
                    case "get" -> owner.isAssignableTo(Future.class);
                    case "join" ->
                        owner.isAssignableTo(CompletableFuture.class)
                            || owner.isEquivalentTo(Thread.class);
                    case "await" ->
                        owner.getPackageName().startsWith("java.util.concurrent")
                            || owner.isAssignableTo(io.vertx.core.Future.class);
                    case "wait" -> owner.isEquivalentTo(Object.class);
                    case "take", "acquire" ->
                        owner.getPackageName().startsWith("java.util.concurrent");
                    default -> false;
                  };
                }))
        .as("nothing that runs on an event loop waits");
  }

  private static ArchRule noLocks() {
    return noClasses()
        .that(resideInAnyPackage(ON_LOOPS))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.util.concurrent.locks..")
                .or(belongToAnyOf(java.util.concurrent.Semaphore.class)))
        .as("nothing that runs on an event loop locks");
  }

  /** Also their nested classes. */
  private static DescribedPredicate<JavaClass> arePure() {
    return describe(
        "are codecs, sessions, queues or exchanges",
        type -> {
          for (var at = type; at != null; at = at.getEnclosingClass().orElse(null)) {
            if (PURE.matcher(at.getSimpleName()).find()) {
              return true;
            }
          }
          return false;
        });
  }
}

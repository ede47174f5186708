package io.serai.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two loops of a real Vert.x and the bus between them. */
@Timeout(300)
class BusIT {
  private Vertx vertx;
  private final Loop[] loops = new Loop[2];

  /** A question the test's shards answer with the question's own text. */
  private record Echo(String text) implements OwnerRequest<String> {}

  @BeforeEach
  void startTwoLoops() {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    Bus.register(vertx);
    AtomicInteger next = new AtomicInteger();
    join(
        vertx.deployVerticle(
            () -> loops[next.get()] = new Loop(next.getAndIncrement()),
            new DeploymentOptions().setInstances(2)));
  }

  @AfterEach
  void stop() {
    join(vertx.close());
  }

  @Test
  void orderIsKeptOverCommandsEventsCallsAndAnswers() throws Exception {
    SessionRef here = new SessionRef(0, 7);
    SessionRef there = new SessionRef(1, 8);
    CompletableFuture<List<String>> answers = new CompletableFuture<>();
    loops[0].run(() -> {
      List<String> got = new ArrayList<>();
      Bus bus = loops[0].bus;
      for (int i = 0; i < 100; i++) {
        bus.send(1, ended(i));
        bus.call(1, new Echo("call " + i)).onSuccess(got::add);
        bus.send(new SessionEvent.PublishersBlocked(there, Integer.toString(i)));
      }
      bus.call(1, new Echo("last"))
          .onSuccess(last -> {
            got.add(last);
            answers.complete(got);
          });
      bus.send(new SessionEvent.PublishersBlocked(here, "mine"));
    });

    List<String> got = answers.get(60, TimeUnit.SECONDS);
    assertThat(got).hasSize(101).startsWith("call 0", "call 1").endsWith("call 99", "last");
    List<String> seen = loops[1].snapshot();
    for (int i = 0; i < 100; i++) {
      assertThat(seen.subList(3 * i, 3 * i + 3))
          .containsExactly("command " + i, "call " + i, "event " + i);
    }
    assertThat(loops[0].snapshot()).containsExactly("event mine");
  }

  @Test
  void everythingSaidInOneTurnTravelsInOneMessage() throws Exception {
    AtomicInteger messages = new AtomicInteger();
    vertx
        .eventBus()
        .addOutboundInterceptor(message -> {
          messages.incrementAndGet();
          message.next();
        });
    CompletableFuture<String> done = new CompletableFuture<>();
    loops[0].run(() -> {
      for (int i = 0; i < 1_000; i++) {
        loops[0].bus.send(1, ended(i));
      }
      loops[0].bus.call(1, new Echo("done")).onSuccess(done::complete);
    });
    done.get(60, TimeUnit.SECONDS);
    assertThat(loops[1].snapshot()).hasSize(1_001);
    assertThat(messages).as("1,000 commands with the call, and the answer").hasValue(2);
  }

  @Test
  void commandsToTheOwnShardAreHandedOverInPlace() throws Exception {
    CompletableFuture<List<String>> afterSend = new CompletableFuture<>();
    loops[0].run(() -> {
      loops[0].bus.send(0, ended(1));
      afterSend.complete(List.copyOf(loops[0].seen));
    });
    assertThat(afterSend.get(60, TimeUnit.SECONDS)).containsExactly("command 1");
  }

  @Test
  void anEventForTheOwnLoopNeverArrivesInsideTheCallThatSentIt() throws Exception {
    CompletableFuture<List<String>> afterSend = new CompletableFuture<>();
    loops[0].run(() -> {
      loops[0].bus.send(new SessionEvent.PublishersBlocked(new SessionRef(0, 1), "x"));
      afterSend.complete(List.copyOf(loops[0].seen));
    });
    assertThat(afterSend.get(60, TimeUnit.SECONDS)).isEmpty();
    CompletableFuture<String> later = new CompletableFuture<>();
    loops[0].run(() -> loops[0].bus.call(0, new Echo("after")).onSuccess(later::complete));
    later.get(60, TimeUnit.SECONDS);
    assertThat(loops[0].snapshot()).containsExactly("event x", "call after");
  }

  @Test
  void whatFailsStopsNothingElse() throws Exception {
    List<Throwable> reported = new CopyOnWriteArrayList<>();
    vertx.exceptionHandler(reported::add);
    CompletableFuture<String> answer = new CompletableFuture<>();
    loops[0].run(() -> {
      loops[0].isTurnFaulty = true;
      Bus bus = loops[0].bus;
      bus.send(new SessionEvent.PublishersBlocked(new SessionRef(0, 1), "boom"));
      bus.send(new SessionEvent.PublishersBlocked(new SessionRef(0, 1), "next"));
      bus.send(new SessionEvent.PublishersBlocked(new SessionRef(1, 1), "boom"));
      bus.send(new SessionEvent.PublishersBlocked(new SessionRef(1, 1), "next"));
      bus.call(1, new Echo("last")).onSuccess(answer::complete);
    });
    answer.get(60, TimeUnit.SECONDS);
    assertThat(loops[0].snapshot()).containsExactly("event next");
    assertThat(loops[1].snapshot()).containsExactly("event next", "call last");
    assertThat(reported).as("turn end, two events").hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void whatAnotherLoopHasNotTakenMakesPublishersWait() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    loops[1].run(() -> awaitOn(stuck));
    CompletableFuture<List<String>> whileStuck = new CompletableFuture<>();
    loops[0].run(() -> {
      for (int i = 0; i < 9; i++) {
        loops[0].bus.send(1, append(1 << 20));
      }
      whileStuck.complete(List.copyOf(loops[0].seen));
    });
    assertThat(whileStuck.get(60, TimeUnit.SECONDS)).containsExactly("crowded true");
    stuck.countDown();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (loops[0].snapshot().size() < 2 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(loops[0].snapshot()).containsExactly("crowded true", "crowded false");
  }

  @Test
  void socketsAreReadHoweverMuchTurnsLeaveForTheNext() throws Exception {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    CompletableFuture<Void> isBusy = new CompletableFuture<>();
    CompletableFuture<Integer> turnsLeft = new CompletableFuture<>();
    Loop loop = loops[1];
    loop.run(() ->
        vertx
            .createNetServer()
            .connectHandler(socket -> {
              socket.handler(_ -> {
                turnsLeft.complete(loop.turnsToAskFor);
                loop.turnsToAskFor = 0;
              });
              loop.turnsToAskFor = Integer.MAX_VALUE;
              loop.bus.wake();
              isBusy.complete(null);
            })
            .listen(0, "127.0.0.1")
            .onSuccess(server -> port.complete(server.actualPort())));
    try (Socket client = new Socket("127.0.0.1", port.get(60, TimeUnit.SECONDS))) {
      isBusy.get(60, TimeUnit.SECONDS);
      client.getOutputStream().write(1);
      assertThat(turnsLeft.get(60, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  void turnsGoOnHoweverManyOtherTasksALoopHas() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Integer> answers = new CompletableFuture<>();
    addTasks(isOver);
    loops[0].run(() -> ask(30, answers));
    try {
      assertThat(answers.get(60, TimeUnit.SECONDS)).isZero();
    } finally {
      isOver.set(true);
    }
  }

  /** Keeps the second loop from running out of tasks. */
  private void addTasks(AtomicBoolean isOver) {
    loops[1].run(() -> {
      loops[1].bus.wake();
      if (!isOver.get()) {
        addTasks(isOver);
      }
    });
  }

  /** Asks the second loop as often as that, each time when the answer before has come. */
  private void ask(int times, CompletableFuture<Integer> left) {
    if (times == 0) {
      left.complete(times);
    } else {
      loops[0].bus.call(1, new Echo("again")).onSuccess(_ -> ask(times - 1, left));
    }
  }

  private static void awaitOn(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ShardCommand append(int bytes) {
    Message message =
        new Message(
            Address.ofQueue("q"),
            Encoding.Neutral.NONE,
            Body.of(new byte[bytes]),
            Origin.ofBroker("/"),
            0);
    return new ShardCommand.Append(
        new SessionRef(0, 1), 1, false, List.of(new ShardCommand.Entry(message, List.of(), -1)));
  }

  private static ShardCommand ended(int id) {
    return new ShardCommand.SessionEnded(new SessionRef(0, id));
  }

  private static <T> T join(io.vertx.core.Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** A loop that notes what reaches it. */
  private final class Loop extends AbstractVerticle implements ShardEndpoint, SessionEndpoint {
    private final int index;
    private final List<String> seen = new ArrayList<>();
    private boolean isTurnFaulty;
    private int turnsToAskFor;
    private Bus bus;

    Loop(int index) {
      this.index = index;
    }

    @Override
    public void start() {
      bus = new Bus(vertx, index, 2);
      bus.start(this, this);
    }

    void run(Runnable task) {
      context.runOnContext(_ -> task.run());
    }

    List<String> snapshot() throws Exception {
      CompletableFuture<List<String>> copy = new CompletableFuture<>();
      run(() -> copy.complete(List.copyOf(seen)));
      return copy.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void onCommand(ShardCommand command) {
      if (command instanceof ShardCommand.SessionEnded(SessionRef session)) {
        seen.add("command " + session.id());
      }
    }

    @Override
    @SuppressWarnings("unchecked") // Echo is the only question asked here
    public <R> void onCall(OwnerRequest<R> request, Consumer<R> answer) {
      String text = ((Echo) request).text();
      seen.add(text.startsWith("call") ? text : "call " + text);
      answer.accept((R) text);
    }

    @Override
    public void onEvent(SessionEvent event) {
      if (((SessionEvent.PublishersBlocked) event).reason().equals("boom")) {
        throw new IllegalStateException("seeded failure");
      }
      seen.add("event " + ((SessionEvent.PublishersBlocked) event).reason());
    }

    @Override
    public void onCrowded(boolean isCrowded) {
      seen.add("crowded " + isCrowded);
    }

    @Override
    public void onTurnEnd() {
      if (turnsToAskFor > 0) {
        turnsToAskFor--;
        bus.wake();
      }
      if (isTurnFaulty) {
        throw new IllegalStateException("seeded failure");
      }
    }
  }
}

package io.serai.storage.stream;

import java.io.IOException;

/** What was being written belongs to a stream that is deleted by now. */
final class AbandonedException extends IOException {}

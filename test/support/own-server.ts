// Imported by a test file that needs a database server to itself, since what it tries waits for the oldest open
// transaction: PostgreSQL counts those of every database of the server, and other files run at the same time.
delete process.env['THROUGHLINE_TEST_DATABASE'];

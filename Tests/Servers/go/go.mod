module conform.test/service

go 1.19
